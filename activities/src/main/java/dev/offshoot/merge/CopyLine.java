package dev.offshoot.merge;

import org.jspecify.annotations.Nullable;

/** One row in COPY's text format, after the Postgres manual, "COPY", "File Formats". */
final class CopyLine {
  private final StringBuilder text;
  private boolean first = true;

  /**
   * @param text gets the row, and keeps what it holds already
   */
  CopyLine(StringBuilder text) {
    this.text = text;
  }

  CopyLine field(@Nullable String value) {
    if (!first) {
      text.append('\t');
    }
    first = false;
    if (value == null) {
      text.append("\\N");
    } else {
      escaped(value);
    }
    return this;
  }

  void end() {
    text.append('\n');
  }

  private void escaped(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '\\' -> text.append("\\\\");
        case '\t' -> text.append("\\t");
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        default -> text.append(c);
      }
    }
  }
}
