package dev.offshoot.client;

import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.HumanDuration;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.VariantsSpec;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What the Temporal UI shows of an experiment from its start on: one plain line in lists and a few
 * lines of Markdown on its page. The workflow adds the current details.
 */
final class StartSummary {
  /** Temporal refuses a summary above 400 encoded bytes, and encryption needs 160 of them. */
  private static final int MOST_SUMMARY_BYTES = 180;

  private static final int MOST_VALUE = 500;

  private StartSummary() {}

  static String summary(ExperimentSpec spec) {
    return cut(shown(spec.parent()) + ": " + shown(spec.goal()));
  }

  static String details(ExperimentSpec spec) {
    return """
        %s %s

        Goal: %s

        Asked for by %s for tenant %s; ends after %s without a decision.

        Every change on the parent needs an approval; see the current details.

        """
        .formatted(
            spec.reverts() == null
                ? "Experiment on a branch of"
                : "Revert of experiment " + code(spec.reverts()) + " on",
            code(spec.parent()),
            code(spec.goal()),
            code(spec.requestedBy()),
            code(spec.tenant()),
            HumanDuration.format(spec.ttl()));
  }

  static String summary(VariantsSpec spec) {
    return cut(
        "%d variants, %s: %s"
            .formatted(
                spec.variants().size(),
                shown(spec.shared().parent()),
                shown(spec.shared().goal())));
  }

  static String details(VariantsSpec spec) {
    return """
        %d variants on branches of %s

        Goal: %s

        Asked for by %s for tenant %s; ends after %s without a decision.

        At most one of them is merged, and that needs an approval; see the current details.

        """
        .formatted(
            spec.variants().size(),
            code(spec.shared().parent()),
            code(spec.shared().goal()),
            code(spec.shared().requestedBy()),
            code(spec.shared().tenant()),
            HumanDuration.format(spec.shared().ttl()));
  }

  /** A code span is the only place where the UI's Markdown leaves hostile text alone. */
  private static String code(@Nullable String text) {
    return "`" + shown(text).replace('`', '\'').replace("|", "¦") + "`";
  }

  private static String shown(@Nullable String text) {
    return text == null || text.isBlank() ? "(none)" : ShownText.oneLine(text, MOST_VALUE);
  }

  private static String cut(String text) {
    StringBuilder kept = new StringBuilder();
    int bytes = 0;
    for (int c : text.codePoints().toArray()) {
      String character = Character.toString(c);
      bytes += jsonBytes(c, character);
      if (bytes > MOST_SUMMARY_BYTES) {
        return kept.append('…').toString();
      }
      kept.append(character);
    }
    return kept.toString();
  }

  /** A quote or backslash takes two bytes once it is JSON, and an emoji is two escapes. */
  private static int jsonBytes(int c, String character) {
    if (c == '"' || c == '\\') {
      return 2;
    }
    return Character.isSupplementaryCodePoint(c)
        ? 12
        : character.getBytes(StandardCharsets.UTF_8).length;
  }
}
