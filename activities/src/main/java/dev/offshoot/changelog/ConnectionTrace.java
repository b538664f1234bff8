package dev.offshoot.changelog;

import dev.offshoot.domain.Touched;
import dev.offshoot.domain.WrittenRows;
import dev.offshoot.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Where to look for what was done over connections that nobody followed: every table of which keys
 * were noted, and every table where the triggers that would have noted them do not stand as they
 * were installed, or never did. Truncated and rewritten tables the catalogs tell by themselves.
 *
 * <p>What the server counted in all, rolled back or not, says whether the keys are believed ({@link
 * KeyLog}); before Postgres 15 it counts too late to be asked, and whole tables are compared.
 */
public final class ConnectionTrace {
  private static final String TABLES =
      """
      SELECT c.oid::bigint AS oid, coalesce(s.n_tup_ins, 0) AS come, coalesce(s.n_tup_upd, 0) AS changed,
        coalesce(s.n_tup_del, 0) AS gone
      FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
      LEFT JOIN pg_stat_all_tables AS s ON s.relid = c.oid
      WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
        AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'offshoot_capture', 'offshoot')
        AND NOT starts_with(n.nspname, 'pg_toast')
      """;

  private static final String COUNTS_IN_TIME =
      "SELECT current_setting('server_version_num')::int >= 150000";

  private ConnectionTrace() {}

  private record Counted(long oid, long come, long changed, long gone) {}

  /**
   * Reads it once all sessions have ended.
   *
   * @param branch the reader's session, set for reading
   * @param atStart what had been done when the branch's database was made
   */
  public static Touched read(Connection branch, Touched atStart) throws SQLException {
    List<Counted> tables =
        Sql.list(
            branch,
            TABLES,
            row ->
                new Counted(
                    row.getLong("oid"),
                    row.getLong("come"),
                    row.getLong("changed"),
                    row.getLong("gone")));
    Set<Long> standing = new HashSet<>(tables.stream().map(Counted::oid).toList());
    Set<Long> touched = new TreeSet<>(standing);
    touched.removeAll(KeyLog.intact(branch));
    touched.addAll(KeyLog.noted(branch));
    touched.addAll(atStart.tables());
    touched.retainAll(standing);
    return new Touched(List.copyOf(touched), counted(branch, tables, standing, atStart));
  }

  private static List<WrittenRows> counted(
      Connection branch, List<Counted> tables, Set<Long> standing, Touched atStart)
      throws SQLException {
    if (!Sql.only(branch, COUNTS_IN_TIME, row -> row.getBoolean(1))) {
      return List.of();
    }
    Map<Long, WrittenRows> all = new TreeMap<>();
    List<WrittenRows> rows = new ArrayList<>(atStart.writtenRows());
    tables.forEach(
        each ->
            rows.add(
                new WrittenRows(
                    each.oid(), each.changed() + each.gone(), each.changed() + each.come())));
    rows.stream()
        .filter(each -> standing.contains(each.table()) && each.before() + each.after() > 0)
        .forEach(each -> all.merge(each.table(), each, WrittenRows::and));
    return List.copyOf(all.values());
  }
}
