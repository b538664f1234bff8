package dev.offshoot.domain;

import java.util.Locale;

/**
 * A piece of SQL text as Postgres's lexer sees it; comments and white space are none.
 *
 * @param kind what it is
 * @param text as it is written
 * @param start where it begins in the text, from 0
 * @param line line on which it begins, from 1
 */
public record SqlToken(Kind kind, String text, int start, int line) {

  /** What a token is. */
  public enum Kind {
    /** A key word or an unquoted name. */
    WORD,
    /** A name in double quotes. */
    QUOTED_NAME,
    /** A string of any form, also a dollar-quoted one, with its continuations. */
    STRING,
    NUMBER,
    /** One character of an operator or a punctuation mark. */
    SYMBOL
  }

  /** Index just past its last character. */
  public int end() {
    return start + text.length();
  }

  /** Whether it is this key word, given in upper case. */
  public boolean isWord(String upperCase) {
    return kind == Kind.WORD && text.toUpperCase(Locale.ROOT).equals(upperCase);
  }

  public boolean isSymbol(char symbol) {
    return kind == Kind.SYMBOL && text.charAt(0) == symbol;
  }
}
