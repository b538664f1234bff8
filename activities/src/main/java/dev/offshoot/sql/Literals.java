package dev.offshoot.sql;

/** Values in statements that take no parameters. */
public final class Literals {
  private Literals() {}

  /** {@code text} as SQL, under {@code standard_conforming_strings}; it has no NUL. */
  public static String quote(String text) {
    return "'" + text.replace("'", "''") + "'";
  }
}
