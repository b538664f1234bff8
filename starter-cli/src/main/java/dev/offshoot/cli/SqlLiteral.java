package dev.offshoot.cli;

import org.jspecify.annotations.Nullable;

/**
 * Values and names as Postgres reads them back, with nothing hidden in them: control, format and
 * bidirectional characters are written as escapes, so that the text is both exact and safe to show.
 */
final class SqlLiteral {
  private SqlLiteral() {}

  static String value(@Nullable String value) {
    if (value == null) {
      return "NULL";
    }
    if (value.codePoints().noneMatch(c -> c == '\\' || isHidden(c))) {
      return "'" + value.replace("'", "''") + "'";
    }
    StringBuilder text = new StringBuilder("E'");
    value
        .codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '\'' -> text.append("''");
                case '\\' -> text.append("\\\\");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                default -> {
                  if (isHidden(c)) {
                    text.append(c < 0x10000 ? "\\u%04X".formatted(c) : "\\U%08X".formatted(c));
                  } else {
                    text.appendCodePoint(c);
                  }
                }
              }
            });
    return text.append('\'').toString();
  }

  /** Always quoted: whether a bare word is safe depends on the server's version. */
  static String name(String name) {
    if (name.codePoints().noneMatch(SqlLiteral::isHidden)) {
      return '"' + name.replace("\"", "\"\"") + '"';
    }
    StringBuilder text = new StringBuilder("U&\"");
    name.codePoints()
        .forEach(
            c -> {
              if (c == '"') {
                text.append("\"\"");
              } else if (c == '\\') {
                text.append("\\\\");
              } else if (isHidden(c)) {
                text.append(c < 0x10000 ? "\\%04X".formatted(c) : "\\+%06X".formatted(c));
              } else {
                text.appendCodePoint(c);
              }
            });
    return text.append('"').toString();
  }

  private static boolean isHidden(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.UNASSIGNED,
          Character.PRIVATE_USE ->
          true;
      default -> false;
    };
  }
}
