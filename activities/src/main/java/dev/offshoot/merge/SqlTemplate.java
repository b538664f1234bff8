package dev.offshoot.merge;

import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * SQL with named holes for quoted identifiers and for expressions made of them. Filled in one pass,
 * so that a name with braces in it stays a name.
 */
final class SqlTemplate {
  private static final Pattern HOLE = Pattern.compile("\\{([a-z]+)}");

  private SqlTemplate() {}

  /**
   * @throws IllegalArgumentException for a hole without a part
   */
  static String fill(String template, Map<String, String> parts) {
    return HOLE.matcher(template).replaceAll(hole -> Matcher.quoteReplacement(part(hole, parts)));
  }

  private static String part(MatchResult hole, Map<String, String> parts) {
    String part = parts.get(hole.group(1));
    if (part == null) {
      throw new IllegalArgumentException("nothing for hole " + hole.group());
    }
    return part;
  }
}
