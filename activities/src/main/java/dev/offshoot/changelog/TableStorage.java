package dev.offshoot.changelog;

import dev.offshoot.domain.TableName;
import dev.offshoot.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/**
 * Where the rows of all tables lie. Row counters show neither a truncation nor a rewrite; this
 * does.
 *
 * @param files storage of each table with rows of its own, by object id
 */
record TableStorage(Map<Long, File> files) {

  /**
   * @param table its name
   * @param node number of its file, which a truncation or a rewrite changes
   * @param bytes its size
   */
  record File(TableName table, long node, long bytes) {}

  private static final String FILES =
      """
      SELECT c.oid, n.nspname, c.relname, c.relfilenode, pg_relation_size(c.oid) AS bytes
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'r' AND c.relpersistence <> 't'
        AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'offshoot', 'offshoot_capture')
      """;

  TableStorage {
    files = Map.copyOf(files);
  }

  static TableStorage read(Connection connection) throws SQLException {
    return Aside.look(
        connection,
        own -> {
          Map<Long, File> files = new HashMap<>();
          Sql.list(
              own,
              FILES,
              row ->
                  files.put(
                      row.getLong("oid"),
                      new File(
                          new TableName(row.getString("nspname"), row.getString("relname")),
                          row.getLong("relfilenode"),
                          row.getLong("bytes"))));
          return new TableStorage(files);
        });
  }
}
