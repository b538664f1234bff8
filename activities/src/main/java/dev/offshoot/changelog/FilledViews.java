package dev.offshoot.changelog;

import dev.offshoot.domain.TableName;
import dev.offshoot.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Where the rows of materialized views lie, and how many of them the transaction wrote: refreshing
 * a view changes the one, refreshing it concurrently the other.
 */
record FilledViews(Map<Long, Filling> fillings) {

  /**
   * @param view its name
   * @param node number of its file
   * @param written rows that the transaction wrote
   */
  record Filling(TableName view, long node, long written) {}

  private static final String VIEWS =
      """
      SELECT c.oid, n.nspname, c.relname, c.relfilenode,
        pg_stat_get_xact_tuples_inserted(c.oid) + pg_stat_get_xact_tuples_updated(c.oid)
          + pg_stat_get_xact_tuples_deleted(c.oid) AS written
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'm' AND n.nspname !~ '^pg_'
      """;

  FilledViews {
    fillings = Map.copyOf(fillings);
  }

  static FilledViews read(Connection connection) throws SQLException {
    return Aside.look(
        connection,
        own -> {
          Map<Long, Filling> fillings = new TreeMap<>();
          Sql.list(
              own,
              VIEWS,
              row ->
                  fillings.put(
                      row.getLong("oid"),
                      new Filling(
                          new TableName(row.getString("nspname"), row.getString("relname")),
                          row.getLong("relfilenode"),
                          row.getLong("written"))));
          return new FilledViews(fillings);
        });
  }

  /** Views of {@code standing} that have been filled anew since {@code earlier}. */
  List<TableName> refreshedSince(FilledViews earlier, FilledViews standing) {
    return fillings.entrySet().stream()
        .filter(each -> standing.fillings.containsKey(each.getKey()))
        .filter(
            each -> {
              Filling before = Objects.requireNonNull(earlier.fillings.get(each.getKey()));
              return before.node() != each.getValue().node()
                  || before.written() < each.getValue().written();
            })
        .map(each -> each.getValue().view())
        .sorted()
        .toList();
  }
}
