package dev.offshoot.domain;

/**
 * Makes hostile text safe to show: control and bidirectional characters become visible escapes,
 * long text is elided with its length. Whatever came from an agent, a row, or a model passes
 * through here before it reaches a terminal, a message or Markdown.
 */
public final class ShownText {
  private ShownText() {}

  /**
   * {@code text} on one line, at most {@code limit} characters and the note of what was left out.
   */
  public static String oneLine(String text, int limit) {
    return elided(escape(text, false), limit);
  }

  /** The same with line breaks kept; tabs too. */
  public static String lines(String text, int limit) {
    return elided(escape(text, true), limit);
  }

  /** The first {@code limit} characters as they are, and the note of what was left out. */
  public static String elided(String text, int limit) {
    if (text.length() <= limit) {
      return text;
    }
    return text.substring(0, cut(text, limit)) + "…(" + text.length() + " characters)";
  }

  /** Where to cut so that at most {@code limit} characters stay and none is cut in two. */
  public static int cut(String text, int limit) {
    if (text.length() <= limit) {
      return text.length();
    }
    return limit > 0 && Character.isHighSurrogate(text.charAt(limit - 1)) ? limit - 1 : limit;
  }

  private static String escape(String text, boolean keepLines) {
    StringBuilder shown = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              if (keepLines && (c == '\n' || c == '\t')) {
                shown.appendCodePoint(c);
              } else if (isHidden(c)) {
                shown.append(visible(c));
              } else {
                shown.appendCodePoint(c);
              }
            });
    return shown.toString();
  }

  private static String visible(int c) {
    return switch (c) {
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      default -> c < 0x10000 ? String.format("\\u%04x", c) : String.format("\\u{%x}", c);
    };
  }

  /**
   * Characters that change what a reader sees without being seen: controls, format characters
   * (bidirectional overrides, zero-width, tags), line and paragraph separators, lone surrogates,
   * unassigned or private code points, and letters and marks without a shape of their own.
   */
  public static boolean isHidden(int c) {
    return isShapeless(c) || isHiddenType(c);
  }

  /** What Unicode calls default ignorable; the two selectors of emoji style do no harm. */
  private static boolean isShapeless(int c) {
    return c == 0x034F
        || c == 0x115F
        || c == 0x1160
        || c == 0x17B4
        || c == 0x17B5
        || (c >= 0x180B && c <= 0x180F)
        || c == 0x3164
        || c == 0xFFA0
        || (c >= 0xFE00 && c < 0xFE0E)
        || (c >= 0xE0000 && c < 0xE1000);
  }

  private static boolean isHiddenType(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.UNASSIGNED,
          Character.PRIVATE_USE ->
          true;
      default -> false;
    };
  }
}
