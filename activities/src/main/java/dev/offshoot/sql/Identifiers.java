package dev.offshoot.sql;

import dev.offshoot.domain.TableName;

/** The one place that quotes identifiers for SQL text. Values are bound, never quoted. */
public final class Identifiers {
  private Identifiers() {}

  /**
   * {@code name} as a delimited identifier, after the Postgres manual, "Identifiers and Key Words".
   *
   * @throws IllegalArgumentException for an empty name or one with a NUL, which Postgres cannot
   *     hold
   */
  public static String quote(String name) {
    if (name.isEmpty() || name.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("not an identifier");
    }
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  public static String quote(TableName table) {
    return quote(table.schema()) + "." + quote(table.name());
  }
}
