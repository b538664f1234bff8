package dev.offshoot.merge;

import dev.offshoot.sql.Identifiers;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Tables that the schema script has made. What their queries filled in came from the parent's rows
 * of now; the reviewed rows follow, so they begin empty.
 */
final class NewTables {
  private record Table(long oid, String quoted, boolean referred) {}

  /** A table that this transaction has made it also holds this lock on; somebody else's it does not. */
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

  private NewTables() {}

  static void empty(ParentSession session, TablesBefore before) throws SQLException {
    List<Table> filled = new ArrayList<>();
    for (Table table :
        session.list(
            MADE_BY_US,
            row ->
                new Table(
                    row.getLong("oid"),
                    Identifiers.quote(row.getString("nspname"))
                        + "."
                        + Identifiers.quote(row.getString("relname")),
                    row.getBoolean("referred")))) {
      if (!before.byOid().containsKey(table.oid()) && hasRows(session, table)) {
        filled.add(table);
      }
    }
    UserTriggers triggers =
        UserTriggers.disable(session, filled.stream().map(Table::oid).toList());
    for (Table table : filled) {
      // A table that another one refers to cannot be truncated alone.
      session.execute(
          (table.referred() ? "DELETE FROM ONLY " : "TRUNCATE TABLE ONLY ") + table.quoted());
    }
    triggers.enable();
  }

  private static boolean hasRows(ParentSession session, Table table) throws SQLException {
    return session.only(
        "SELECT EXISTS (SELECT FROM ONLY %s)".formatted(table.quoted()), row -> row.getBoolean(1));
  }
}
