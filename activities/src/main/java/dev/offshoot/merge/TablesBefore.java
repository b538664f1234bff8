package dev.offshoot.merge;

import dev.offshoot.domain.TableName;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The parent's tables and materialized views before the merge changes anything: what is not among
 * them the merge has made itself.
 *
 * @param byOid each of them by object id
 */
record TablesBefore(Map<Long, Table> byOid) {

  /**
   * @param name its name
   * @param identity its name as the catalog fingerprint has it
   * @param fileNode number of its storage; another one means truncated or rewritten
   * @param lastColumn number of its last column; columns with higher ones are the merge's own
   * @param columns identities of its columns by number
   * @param derived whether a query gives its contents: a materialized view
   */
  record Table(
      TableName name,
      String identity,
      long fileNode,
      int lastColumn,
      Map<Integer, String> columns,
      boolean derived) {}

  private static final String TABLES =
      """
      SELECT c.oid, n.nspname, c.relname, c.relfilenode, c.relnatts,
        c.relkind = 'm' AS derived, quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS identity
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p', 'm') AND c.relpersistence <> 't'
        AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      """;

  private static final String COLUMNS =
      """
      SELECT a.attrelid, a.attnum, quote_ident(a.attname) AS identity
      FROM pg_attribute a
      JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE a.attnum > 0 AND NOT a.attisdropped
        AND c.relkind IN ('r', 'p', 'm') AND c.relpersistence <> 't'
        AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      """;

  static TablesBefore read(ParentSession session) throws SQLException {
    Map<Long, Table> tables = new HashMap<>();
    session.list(
        TABLES,
        row ->
            tables.put(
                row.getLong("oid"),
                new Table(
                    new TableName(row.getString("nspname"), row.getString("relname")),
                    row.getString("identity"),
                    row.getLong("relfilenode"),
                    row.getInt("relnatts"),
                    new HashMap<>(),
                    row.getBoolean("derived"))));
    record Column(long table, int number, String identity) {}
    for (Column column :
        session.list(
            COLUMNS,
            row ->
                new Column(
                    row.getLong("attrelid"), row.getInt("attnum"), row.getString("identity")))) {
      @Nullable Table table = tables.get(column.table());
      if (table != null) {
        table.columns().put(column.number(), table.identity() + "." + column.identity());
      }
    }
    return new TablesBefore(tables);
  }

  /** Whether the merge itself has added that column, so that nobody else can have written it. */
  boolean isNewColumn(long table, int column) {
    @Nullable Table before = byOid.get(table);
    return before == null || column > before.lastColumn();
  }
}
