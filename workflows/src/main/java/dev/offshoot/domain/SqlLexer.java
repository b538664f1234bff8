package dev.offshoot.domain;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts SQL text into tokens the way Postgres's own lexer does: strings (also {@code E''} and {@code
 * U&''}, continued over lines), quoted identifiers, dollar quotes, and comments, which nest.
 *
 * <p>Rules after the Postgres manual, "Lexical Structure", with {@code standard_conforming_strings}
 * on. Every character above ASCII belongs to a name, as it does for Postgres: an exotic space or a
 * letter that looks like another cannot end a word.
 */
public final class SqlLexer {
  private final String sql;
  private final List<SqlToken> tokens = new ArrayList<>();
  private int at;
  private int line = 1;

  private SqlLexer(String sql) {
    this.sql = sql;
  }

  /**
   * The tokens of {@code sql} in order.
   *
   * @throws OffshootException {@link ErrorCode#BAD_SPEC} if a string, quoted identifier, dollar
   *     quote or comment is not closed; says where it began
   */
  public static List<SqlToken> tokens(String sql) {
    SqlLexer lexer = new SqlLexer(sql);
    while (lexer.at < sql.length()) {
      if (!lexer.skipComment() && !lexer.skipSpace()) {
        lexer.token();
      }
    }
    return List.copyOf(lexer.tokens);
  }

  /** Whether Postgres takes {@code c} for white space. */
  static boolean isSpace(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == 0x0B;
  }

  private void token() {
    int from = at;
    int fromLine = line;
    SqlToken.Kind kind = scan();
    tokens.add(new SqlToken(kind, sql.substring(from, at), from, fromLine));
  }

  private SqlToken.Kind scan() {
    char c = sql.charAt(at);
    if (c == '\'') {
      string(false);
      return SqlToken.Kind.STRING;
    }
    if (c == '"') {
      quoted('"', "quoted identifier", false);
      return SqlToken.Kind.QUOTED_NAME;
    }
    if (c == '$' && dollarTagEnd() > 0) {
      dollarQuoted();
      return SqlToken.Kind.STRING;
    }
    if (isDigit(c)) {
      number();
      return SqlToken.Kind.NUMBER;
    }
    if (isWordStart(c)) {
      return wordOrPrefixed(c);
    }
    step();
    return SqlToken.Kind.SYMBOL;
  }

  /** A letter right before a quote makes another kind of string of it. */
  private SqlToken.Kind wordOrPrefixed(char c) {
    if ("eEbBxXnN".indexOf(c) >= 0 && charAt(at + 1) == '\'') {
      at++;
      string(c == 'e' || c == 'E');
      return SqlToken.Kind.STRING;
    }
    if ((c == 'u' || c == 'U') && charAt(at + 1) == '&') {
      if (charAt(at + 2) == '\'') {
        at += 2;
        string(false);
        return SqlToken.Kind.STRING;
      }
      if (charAt(at + 2) == '"') {
        at += 2;
        quoted('"', "quoted identifier", false);
        return SqlToken.Kind.QUOTED_NAME;
      }
    }
    while (at < sql.length() && isWordPart(sql.charAt(at))) {
      at++;
    }
    return SqlToken.Kind.WORD;
  }

  private void number() {
    while (isDigit(charAt(at)) || isWordStart(charAt(at)) || charAt(at) == '.') {
      at++;
    }
  }

  /** A string goes on in the next quotes if only white space with a line break lies between. */
  private void string(boolean backslashEscapes) {
    quoted('\'', "string", backslashEscapes);
    while (true) {
      int end = at;
      int endLine = line;
      while (skipSpace() || skipLineComment()) {
        // on to whatever follows
      }
      if ((line == endLine && !hasCarriageReturn(end, at)) || charAt(at) != '\'') {
        at = end;
        line = endLine;
        return;
      }
      quoted('\'', "string", backslashEscapes);
    }
  }

  private boolean hasCarriageReturn(int from, int to) {
    int found = sql.indexOf('\r', from);
    return found >= 0 && found < to;
  }

  private void quoted(char quote, String what, boolean backslashEscapes) {
    int beganOn = line;
    at++;
    while (at < sql.length()) {
      char c = sql.charAt(at);
      if (backslashEscapes && c == '\\' && at + 1 < sql.length()) {
        at++;
        step();
      } else if (c != quote) {
        step();
      } else if (charAt(at + 1) == quote) {
        at += 2;
      } else {
        at++;
        return;
      }
    }
    throw unclosed(what, beganOn);
  }

  /** Index just past {@code $tag$} if one starts here; 0 otherwise. */
  private int dollarTagEnd() {
    int end = at + 1;
    while (isWordStart(charAt(end)) || (end > at + 1 && isDigit(charAt(end)))) {
      end++;
    }
    return charAt(end) == '$' ? end + 1 : 0;
  }

  private void dollarQuoted() {
    int beganOn = line;
    int bodyStart = dollarTagEnd();
    String tag = sql.substring(at, bodyStart);
    int close = sql.indexOf(tag, bodyStart);
    if (close < 0) {
      throw unclosed("dollar quote " + ShownText.oneLine(tag, 40), beganOn);
    }
    int end = close + tag.length();
    while (at < end) {
      step();
    }
  }

  private boolean skipSpace() {
    int from = at;
    while (at < sql.length() && isSpace(sql.charAt(at))) {
      step();
    }
    return at > from;
  }

  private boolean skipLineComment() {
    if (!sql.startsWith("--", at)) {
      return false;
    }
    while (at < sql.length() && sql.charAt(at) != '\n' && sql.charAt(at) != '\r') {
      at++;
    }
    return true;
  }

  private boolean skipComment() {
    if (skipLineComment()) {
      return true;
    }
    if (!sql.startsWith("/*", at)) {
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

  private void step() {
    if (sql.charAt(at) == '\n') {
      line++;
    }
    at++;
  }

  /** NUL past the end, which is no part of anything. */
  private char charAt(int index) {
    return index < sql.length() ? sql.charAt(index) : 0;
  }

  private static OffshootException unclosed(String what, int beganOn) {
    return new OffshootException(
        ErrorCode.BAD_SPEC,
        "the %s that begins on line %d is not closed; close it".formatted(what, beganOn));
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isWordStart(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
  }

  private static boolean isWordPart(char c) {
    return isWordStart(c) || isDigit(c) || c == '$';
  }
}
