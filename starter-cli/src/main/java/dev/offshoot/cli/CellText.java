package dev.offshoot.cli;

import dev.offshoot.domain.ShownText;
import org.jspecify.annotations.Nullable;

/** Values from databases as a person can read them: nothing hidden, null unlike any string. */
final class CellText {
  private CellText() {}

  /** One value on one line; {@code NULL} is null, everything that could be mistaken is quoted. */
  static String of(@Nullable String value, int limit) {
    if (value == null) {
      return "NULL";
    }
    boolean mistakable =
        value.isEmpty()
            || value.equals("NULL")
            || value.startsWith("\"")
            || Character.isWhitespace(value.charAt(0))
            || Character.isWhitespace(value.charAt(value.length() - 1));
    String shown = ShownText.oneLine(value, limit);
    return mistakable ? '"' + shown + '"' : shown;
  }
}
