package dev.offshoot.changelog;

import dev.offshoot.domain.TableName;
import dev.offshoot.sql.Identifiers;
import dev.offshoot.sql.Sql;
import dev.offshoot.sql.SqlErrors;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where the rows of all tables lie, and which have none. Row counters show neither a truncation nor
 * a rewrite; this does.
 *
 * @param files storage of each table with rows of its own, by object id
 */
record TableStorage(Map<Long, File> files) {

  /**
   * @param table its name
   * @param node number of its file, which a truncation or a rewrite changes
   * @param isEmpty whether it is known to have no row; a file of some size may hold dead ones only
   */
  record File(TableName table, long node, boolean isEmpty) {}

  private static final String FILES =
      """
      SELECT c.oid, n.nspname, c.relname, c.relfilenode,
        pg_relation_size(c.oid) = 0 AS is_empty,
        has_table_privilege(c.oid, 'SELECT') AND NOT row_security_active(c.oid) AS is_readable
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'r' AND c.relpersistence <> 't'
        AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'offshoot', 'offshoot_capture')
      """;

  private static final String WITHOUT_ROWS =
      "SELECT oid FROM (VALUES %s) AS t (oid, is_empty) WHERE is_empty";

  private static final String WITHOUT_ROW = "(%d, NOT EXISTS (SELECT FROM ONLY %s))";

  private static final String PERMISSION_DENIED = "42501";

  /** Tables in one question: each takes a lock, and the lock table is the whole server's. */
  private static final int AT_ONCE = 100;

  TableStorage {
    files = Map.copyOf(files);
  }

  static TableStorage read(Connection connection) throws SQLException {
    return new TableStorage(Map.of()).again(connection, Set.of());
  }

  /**
   * As it is now.
   *
   * @param written tables whose rows may have come or gone since
   */
  TableStorage again(Connection connection, Set<Long> written) throws SQLException {
    Map<Long, File> now = new HashMap<>();
    Set<Long> asked = new HashSet<>();
    Aside.look(
        connection,
        own ->
            Sql.list(
                own,
                FILES,
                row -> {
                  long oid = row.getLong("oid");
                  TableName name =
                      new TableName(row.getString("nspname"), row.getString("relname"));
                  long node = row.getLong("relfilenode");
                  @Nullable File before = files.get(oid);
                  boolean isSame =
                      before != null && before.node() == node && !written.contains(oid);
                  boolean isEmpty =
                      row.getBoolean("is_empty") || (before != null && isSame && before.isEmpty());
                  if (!isEmpty && !isSame && row.getBoolean("is_readable")) {
                    asked.add(oid);
                  }
                  return now.put(oid, new File(name, node, isEmpty));
                }));
    return new TableStorage(now).ask(connection, asked);
  }

  /** As it is now, where all that has happened is that rows of these tables were written. */
  TableStorage written(Connection connection, Set<Long> written) throws SQLException {
    return ask(connection, written);
  }

  private TableStorage ask(Connection connection, Set<Long> tables) throws SQLException {
    Map<Long, File> now = new HashMap<>(files);
    List<Map.Entry<Long, File>> asked =
        files.entrySet().stream().filter(each -> tables.contains(each.getKey())).toList();
    for (int from = 0; from < asked.size(); from += AT_ONCE) {
      List<Map.Entry<Long, File>> some =
          asked.subList(from, Math.min(from + AT_ONCE, asked.size()));
      Collection<Long> empty = withoutRows(connection, some);
      some.forEach(
          each -> {
            File file = each.getValue();
            boolean isEmpty = empty.contains(each.getKey());
            now.put(each.getKey(), new File(file.table(), file.node(), isEmpty));
          });
    }
    return new TableStorage(now);
  }

  /** What the session may not read, and all that is asked with it, is taken to have rows. */
  private static Collection<Long> withoutRows(
      Connection connection, List<Map.Entry<Long, File>> tables) throws SQLException {
    String questions =
        tables.stream()
            .map(
                each ->
                    WITHOUT_ROW.formatted(
                        each.getKey(), Identifiers.quote(each.getValue().table())))
            .collect(Collectors.joining(", "));
    try {
      return Aside.look(
          connection,
          own ->
              new HashSet<>(
                  Sql.list(own, WITHOUT_ROWS.formatted(questions), row -> row.getLong(1))));
    } catch (SQLException e) {
      if (!SqlErrors.state(e).equals(PERMISSION_DENIED)) {
        throw e;
      }
      return Set.of();
    }
  }
}
