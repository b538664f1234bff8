package dev.offshoot.text;

import dev.offshoot.domain.ShownText;
import java.text.Normalizer;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Values from databases on one line, so that a person sees what is there: null unlike any string,
 * hidden characters as the escapes of an SQL string, long values cut with their length, and two
 * values that differ never alike.
 */
public final class ShownValue {
  /** Kept before the first difference, so that a reader knows where he is. */
  private static final int CONTEXT = 8;

  /** Keeps right-to-left text from taking the arrow and its neighbours along. */
  private static final char LEFT_TO_RIGHT_MARK = '\u200e';

  private ShownValue() {}

  /**
   * Two values of one cell as they are shown.
   *
   * @param before the old one
   * @param after the new one
   */
  public record Change(String before, String after) {}

  /** A value; of a longer one the first {@code limit} characters and how many there are. */
  public static String of(@Nullable String value, int limit) {
    return value == null ? "NULL" : part(value, 0, limit, false);
  }

  /** Both values of a changed cell; long ones begin shortly before they differ. */
  public static Change change(@Nullable String before, @Nullable String after, int limit) {
    if (before == null || after == null || before.equals(after)) {
      return new Change(of(before, limit), of(after, limit));
    }
    boolean exact = lookAlike(before, after);
    boolean long_ = before.length() > limit || after.length() > limit;
    int from = long_ ? beforeTheDifference(before, after, limit) : 0;
    return new Change(part(before, from, limit, exact), part(after, from, limit, exact));
  }

  /**
   * The same stretches with their line breaks, for a sample that is kept: not yet escaped for one
   * line.
   */
  public static Change excerpts(String before, String after, int limit) {
    if (before.length() <= limit && after.length() <= limit) {
      return new Change(ShownText.lines(before, limit), ShownText.lines(after, limit));
    }
    int from = beforeTheDifference(before, after, limit);
    return new Change(excerpt(before, from, limit), excerpt(after, from, limit));
  }

  private static String excerpt(String value, int from, int limit) {
    if (from == 0) {
      return ShownText.lines(value, limit);
    }
    String rest = value.substring(Math.min(from, value.length()));
    String start = rest.substring(0, ShownText.cut(rest, limit));
    return "…%s%s(%d characters)"
        .formatted(
            ShownText.lines(start, Integer.MAX_VALUE),
            start.length() < rest.length() ? "…" : " ",
            value.length());
  }

  private static int beforeTheDifference(String before, String after, int limit) {
    int common = 0;
    int end = Math.min(before.length(), after.length());
    while (common < end && before.charAt(common) == after.charAt(common)) {
      common++;
    }
    if (common < limit - CONTEXT) {
      return 0;
    }
    int from = common - CONTEXT;
    return from < before.length() && Character.isLowSurrogate(before.charAt(from))
        ? from - 1
        : from;
  }

  private static String part(String value, int from, int limit, boolean exact) {
    int to = from + Math.max(limit, 1);
    boolean cut = from > 0 || to < value.length();
    if (!cut) {
      return whole(value, exact);
    }
    to = Math.min(to, value.length());
    if (to < value.length() && to > 0 && Character.isHighSurrogate(value.charAt(to - 1))) {
      to--;
    }
    String shown = escaped(value.substring(Math.min(from, to), to), exact);
    return "%s%s%s(%d characters)"
        .formatted(from > 0 ? "…" : "", shown, to < value.length() ? "…" : " ", value.length());
  }

  private static String whole(String value, boolean exact) {
    String shown = escaped(value, exact);
    boolean escapes = shown.startsWith("E'") && !value.startsWith("E'");
    return escapes || !isMistakable(value) ? shown : '"' + shown.replace("\"", "\"\"") + '"';
  }

  /** Whether it could be taken for something that it is not: null, two cells, a change, a cut. */
  private static boolean isMistakable(String value) {
    return value.isEmpty()
        || value.toLowerCase(Locale.ROOT).equals("null")
        || value.startsWith("\"")
        || value.startsWith("E'")
        || value.startsWith("…")
        || value.endsWith(" characters)")
        || value.contains("  ")
        || value.contains("→")
        || Character.isWhitespace(value.codePointAt(0))
        || Character.isSpaceChar(value.codePointAt(0))
        || Character.isWhitespace(value.codePointBefore(value.length()))
        || Character.isSpaceChar(value.codePointBefore(value.length()));
  }

  private static String escaped(String value, boolean exact) {
    boolean rightToLeft = value.codePoints().anyMatch(ShownValue::isRightToLeft);
    String shown;
    if (exact) {
      shown = "E'" + withoutLookAlikes(value) + "'";
    } else if (value.codePoints().anyMatch(c -> ShownText.isHidden(c) || isOddSpace(c))) {
      shown = "E'" + spaced(SqlLiteral.text(value)) + "'";
    } else {
      shown = value;
    }
    return rightToLeft ? shown + LEFT_TO_RIGHT_MARK : shown;
  }

  /** The inside of an SQL string, with spaces that are no U+0020 escaped too. */
  private static String spaced(String literal) {
    String inside = literal.substring(literal.indexOf('\'') + 1, literal.length() - 1);
    StringBuilder text = new StringBuilder(inside.length());
    inside
        .codePoints()
        .forEach(
            c -> {
              if (isOddSpace(c)) {
                text.append(SqlLiteral.escape(c));
              } else {
                text.appendCodePoint(c);
              }
            });
    return text.toString();
  }

  private static boolean isOddSpace(int c) {
    return c != ' ' && Character.isSpaceChar(c) && c != 0x3000;
  }

  private static String withoutLookAlikes(String value) {
    StringBuilder text = new StringBuilder(value.length());
    value
        .codePoints()
        .forEach(
            c -> {
              if (c == '\'') {
                text.append("''");
              } else if (c == '\\') {
                text.append("\\\\");
              } else if (c < ' ' || c > '~') {
                text.append(SqlLiteral.escape(c));
              } else {
                text.appendCodePoint(c);
              }
            });
    return text.toString();
  }

  /**
   * Whether two different values may be printed the same: composed and decomposed characters, full
   * width, or letters of another script that look like Latin ones.
   */
  private static boolean lookAlike(String before, String after) {
    return !Objects.equals(before, after) && skeleton(before).equals(skeleton(after));
  }

  private static String skeleton(String value) {
    StringBuilder text = new StringBuilder(value.length());
    Normalizer.normalize(value, Normalizer.Form.NFKD)
        .codePoints()
        .map(ShownValue::latin)
        .forEach(text::appendCodePoint);
    return text.toString();
  }

  /** Letters of Cyrillic and Greek that most fonts draw like Latin ones. */
  private static int latin(int c) {
    int at = "АВСЕНІЈКМОРЅТХУаеорсухіјѕһԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧοανіⅼ".indexOf(c);
    return at < 0 ? c : "ABCEHIJKMOPSTXYaeopcyxijshdqwABEZHIKMNOPTYXoavil".charAt(at);
  }

  private static boolean isRightToLeft(int c) {
    byte direction = Character.getDirectionality(c);
    return direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT
        || direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC;
  }
}
