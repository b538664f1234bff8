package dev.offshoot.merge;

import dev.offshoot.sql.Identifiers;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Tables that the schema script makes. What their queries fill in comes from the parent's rows of
 * now; the reviewed rows follow, so they begin empty, as they did in the rehearsal.
 */
final class NewTables {
  private record Table(long oid, String quoted, boolean referred) {}

  /**
   * A table that this transaction has made it also holds this lock on; somebody else's it does not.
   */
  private static final String MADE_BY_US =
      """
      SELECT c.oid, n.nspname, c.relname,
        EXISTS (SELECT FROM pg_constraint f WHERE f.contype = 'f' AND f.confrelid = c.oid
                AND f.conrelid <> c.oid) AS referred
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'r' AND c.relpersistence <> 't'
        AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'offshoot')
        AND EXISTS (
          SELECT FROM pg_locks l
          WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND l.relation = c.oid
            AND l.mode = 'AccessExclusiveLock' AND l.granted)
      """;

  private final ParentSession session;
  private final Set<Long> known;

  NewTables(ParentSession session, TablesBefore before) {
    this.session = session;
    this.known = new HashSet<>(before.byOid().keySet());
  }

  /** Empties the tables that are new since this was last called. */
  void empty() throws SQLException {
    List<Table> filled = new ArrayList<>();
    for (Table table : session.list(MADE_BY_US, NewTables::read)) {
      if (known.add(table.oid()) && hasRows(table)) {
        filled.add(table);
      }
    }
    UserTriggers triggers = UserTriggers.disable(session, filled.stream().map(Table::oid).toList());
    for (Table table : filled) {
      // A table that another one refers to cannot be truncated alone.
      session.execute(
          (table.referred() ? "DELETE FROM ONLY " : "TRUNCATE TABLE ONLY ") + table.quoted());
    }
    triggers.enable();
  }

  private static Table read(ResultSet row) throws SQLException {
    return new Table(
        row.getLong("oid"),
        Identifiers.quote(row.getString("nspname"))
            + "."
            + Identifiers.quote(row.getString("relname")),
        row.getBoolean("referred"));
  }

  private boolean hasRows(Table table) throws SQLException {
    return session.only(
        "SELECT EXISTS (SELECT FROM ONLY %s)".formatted(table.quoted()), row -> row.getBoolean(1));
  }
}
