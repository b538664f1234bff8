package dev.offshoot.workflow;

import dev.offshoot.domain.ShownText;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Builds Markdown in which no value can become markup: values go into fences that are longer than
 * any run of backticks in them, with control and bidirectional characters made visible.
 */
final class MarkdownPage {
  private static final int LINE_LIMIT = 600;

  private final StringBuilder page = new StringBuilder();

  /** Our own words, never a value. */
  void heading(String words) {
    page.append("### ").append(words).append("\n\n");
  }

  /** Our own words, never a value. */
  void text(String words) {
    page.append(words).append("\n\n");
  }

  /** A fenced block of values, of at most about {@code budget} bytes; what is cut is said. */
  void fence(String language, int budget, Consumer<Fence> content) {
    Fence fence = new Fence(budget);
    content.accept(fence);
    String ticks = "`".repeat(Math.max(3, longestBackticks(fence.text) + 1));
    page.append(ticks)
        .append(language)
        .append('\n')
        .append(fence.text)
        .append(fence.left > 0 ? "… and %d more lines\n".formatted(fence.left) : "")
        .append(ticks)
        .append("\n\n");
  }

  /** How large it is by now, encoded. */
  int bytes() {
    return page.toString().getBytes(StandardCharsets.UTF_8).length;
  }

  /** The page, closed by a block that may be cut off. */
  String end() {
    return page.append("---\n\n_Offshoot_\n").toString();
  }

  private static int longestBackticks(CharSequence text) {
    int longest = 0;
    int run = 0;
    for (int i = 0; i < text.length(); i++) {
      run = text.charAt(i) == '`' ? run + 1 : 0;
      longest = Math.max(longest, run);
    }
    return longest;
  }

  /** The inside of a fenced block. */
  static final class Fence {
    private final int budget;
    private final StringBuilder text = new StringBuilder();
    private int bytes;
    private int left;

    private Fence(int budget) {
      this.budget = budget;
    }

    /** A value on one line. */
    void line(String value) {
      append(ShownText.oneLine(value, LINE_LIMIT));
    }

    /** A value with its own line breaks. */
    void lines(String value) {
      ShownText.lines(value, budget).lines().forEach(this::append);
    }

    private void append(String line) {
      int size = line.getBytes(StandardCharsets.UTF_8).length + 1;
      if (left > 0 || bytes + size > budget) {
        left++;
        return;
      }
      bytes += size;
      text.append(line).append('\n');
    }
  }
}
