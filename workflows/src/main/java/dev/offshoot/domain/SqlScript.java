package dev.offshoot.domain;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Splits SQL text into statements the way Postgres's own lexer sees it: strings (also {@code E''}
 * and {@code U&''}), quoted identifiers, dollar quotes, nested comments, and the semicolons inside
 * {@code BEGIN ATOMIC … END} bodies.
 *
 * <p>It splits and does not parse: whether a statement is right is the server's to say. Rules after
 * the Postgres manual, "Lexical Structure", with {@code standard_conforming_strings} on.
 */
public final class SqlScript {
  private final String sql;
  private final List<SqlStatement> statements = new ArrayList<>();
  private int at;
  private int line = 1;
  private int start;
  private int firstWordLine;
  private int depth;
  private int atomicDepth;
  private String lastWord = "";

  private SqlScript(String sql) {
    this.sql = sql;
  }

  /**
   * The statements of {@code sql} in order; empty ones are left out.
   *
   * @throws OffshootException {@link ErrorCode#BAD_SPEC} if a string, quoted identifier, dollar
   *     quote or comment is not closed; says where it began
   */
  public static List<SqlStatement> split(String sql) {
    SqlScript script = new SqlScript(sql);
    script.run();
    return List.copyOf(script.statements);
  }

  /** The first word of a statement in upper case, comments skipped; empty if there is none. */
  public static String leadingWord(String statement) {
    SqlScript script = new SqlScript(statement);
    while (script.at < statement.length()) {
      char c = statement.charAt(script.at);
      if (script.skipComment(c)) {
        continue;
      }
      if (isWordStart(c)) {
        return script.word();
      }
      if (!Character.isWhitespace(c) && c != '(' && c != ';') {
        return "";
      }
      script.at++;
    }
    return "";
  }

  private void run() {
    while (at < sql.length()) {
      char c = sql.charAt(at);
      if (skipComment(c)) {
        continue;
      }
      if (Character.isWhitespace(c)) {
        step();
        continue;
      }
      if (c == ';' && depth == 0 && atomicDepth == 0) {
        finish(at);
        at++;
        start = at;
        continue;
      }
      if (firstWordLine == 0) {
        firstWordLine = line;
      }
      token(c);
    }
    finish(sql.length());
  }

  private void token(char c) {
    if (c == '\'') {
      boolean escapes = lastCharIs('e', 'E');
      quoted('\'', "string", escapes);
    } else if (c == '"') {
      quoted('"', "quoted identifier", false);
    } else if (c == '$' && dollarTagEnd() > 0) {
      dollarQuoted();
    } else if (isWordStart(c)) {
      trackAtomic(word());
    } else {
      if (c == '(') {
        depth++;
      } else if (c == ')' && depth > 0) {
        depth--;
      }
      step();
    }
  }

  private boolean lastCharIs(char lower, char upper) {
    // E'…' only when the E is a word of its own; "name'…" cannot occur in SQL.
    if (at == 0 || (sql.charAt(at - 1) != lower && sql.charAt(at - 1) != upper)) {
      return false;
    }
    return at == 1 || !isWordPart(sql.charAt(at - 2));
  }

  private void trackAtomic(String word) {
    switch (word) {
      case "ATOMIC" -> {
        if (lastWord.equals("BEGIN")) {
          atomicDepth++;
        }
      }
      case "CASE" -> {
        if (atomicDepth > 0) {
          atomicDepth++;
        }
      }
      case "END" -> {
        if (atomicDepth > 0) {
          atomicDepth--;
        }
      }
      default -> {}
    }
    lastWord = word;
  }

  private String word() {
    int from = at;
    while (at < sql.length() && isWordPart(sql.charAt(at))) {
      at++;
    }
    return sql.substring(from, at).toUpperCase(Locale.ROOT);
  }

  private boolean skipComment(char c) {
    if (c == '-' && sql.startsWith("--", at)) {
      while (at < sql.length() && sql.charAt(at) != '\n') {
        at++;
      }
      return true;
    }
    if (c != '/' || !sql.startsWith("/*", at)) {
      return false;
    }
    int beganOn = line;
    int nested = 0;
    do {
      if (at >= sql.length()) {
        throw unclosed("comment", beganOn);
      }
      if (sql.startsWith("/*", at)) {
        nested++;
        at += 2;
      } else if (sql.startsWith("*/", at)) {
        nested--;
        at += 2;
      } else {
        step();
      }
    } while (nested > 0);
    return true;
  }

  private void quoted(char quote, String what, boolean backslashEscapes) {
    int beganOn = line;
    step();
    while (at < sql.length()) {
      char c = sql.charAt(at);
      if (backslashEscapes && c == '\\' && at + 1 < sql.length()) {
        step();
        step();
      } else if (c != quote) {
        step();
      } else if (at + 1 < sql.length() && sql.charAt(at + 1) == quote) {
        at += 2;
      } else {
        at++;
        return;
      }
    }
    throw unclosed(what, beganOn);
  }

  /** Index just past {@code $tag$} if one starts here and is no part of a word; 0 otherwise. */
  private int dollarTagEnd() {
    if (at > 0 && isWordPart(sql.charAt(at - 1))) {
      return 0;
    }
    int end = at + 1;
    while (end < sql.length() && isTagPart(sql.charAt(end), end == at + 1)) {
      end++;
    }
    return end < sql.length() && sql.charAt(end) == '$' ? end + 1 : 0;
  }

  private void dollarQuoted() {
    int beganOn = line;
    int bodyStart = dollarTagEnd();
    String tag = sql.substring(at, bodyStart);
    int close = sql.indexOf(tag, bodyStart);
    if (close < 0) {
      throw unclosed("dollar quote " + tag, beganOn);
    }
    int end = close + tag.length();
    while (at < end) {
      step();
    }
  }

  private void step() {
    if (sql.charAt(at) == '\n') {
      line++;
    }
    at++;
  }

  private void finish(int end) {
    if (firstWordLine > 0) {
      statements.add(
          new SqlStatement(statements.size(), sql.substring(start, end).strip(), firstWordLine));
    }
    firstWordLine = 0;
    depth = 0;
    atomicDepth = 0;
    lastWord = "";
  }

  private static OffshootException unclosed(String what, int beganOn) {
    return new OffshootException(
        ErrorCode.BAD_SPEC,
        "the %s that begins on line %d is not closed; close it".formatted(what, beganOn));
  }

  private static boolean isWordStart(char c) {
    return Character.isLetter(c) || c == '_' || Character.isSurrogate(c);
  }

  private static boolean isWordPart(char c) {
    return isWordStart(c) || Character.isDigit(c) || c == '$';
  }

  private static boolean isTagPart(char c, boolean first) {
    return isWordStart(c) || (!first && Character.isDigit(c));
  }
}
