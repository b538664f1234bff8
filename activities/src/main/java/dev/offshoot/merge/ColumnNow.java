package dev.offshoot.merge;

import dev.offshoot.domain.TableName;
import dev.offshoot.sql.ConstantDefault;
import dev.offshoot.sql.Identifiers;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A column by its number, as it is after the script.
 *
 * @param rows its table as FROM names it
 * @param quoted its name
 * @param type as {@code format_type} prints it
 * @param ofServer whether that is a type of the server's own
 */
record ColumnNow(String rows, String quoted, String type, boolean ofServer) {
  private static final String COLUMN =
      """
      SELECT a.attname, format_type(a.atttypid, a.atttypmod) AS type,
        t.typnamespace = 'pg_catalog'::regnamespace AS server
      FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
      WHERE a.attrelid = ?::oid AND a.attnum = ? AND NOT a.attisdropped
      """;

  private static final String TABLE =
      """
      SELECT n.nspname, c.relname, c.relkind = 'p' AS partitioned
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = ?::oid
      """;

  /** Empty if it does not stand any more. */
  static Optional<ColumnNow> find(ParentSession session, long table, int number)
      throws SQLException {
    Optional<String> rows = rowsOf(session, table);
    if (rows.isEmpty()) {
      return Optional.empty();
    }
    return session
        .list(
            COLUMN,
            row ->
                new ColumnNow(
                    rows.get(),
                    Identifiers.quote(row.getString("attname")),
                    row.getString("type"),
                    row.getBoolean("server")),
            table,
            number)
        .stream()
        .findFirst();
  }

  /** What a row that says nothing of it has there, as text; absent for null. */
  @Nullable String usual(ParentSession session, long table, int number) throws SQLException {
    return ConstantDefault.of(session.connection(), table, number, type).orElse(null);
  }

  /** A table as FROM names it; empty if it does not stand any more. */
  static Optional<String> rowsOf(ParentSession session, long table) throws SQLException {
    return session
        .list(
            TABLE,
            row ->
                (row.getBoolean("partitioned") ? "" : "ONLY ")
                    + Identifiers.quote(
                        new TableName(row.getString("nspname"), row.getString("relname"))),
            table)
        .stream()
        .findFirst();
  }
}
