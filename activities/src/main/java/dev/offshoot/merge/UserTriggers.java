package dev.offshoot.merge;

import dev.offshoot.sql.Identifiers;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;

/**
 * The triggers and rules of the tables that the merge writes, switched off while it writes them:
 * what they do to these rows they have done on the branch, and it was reviewed. Foreign keys stay
 * on. Nobody else sees them off, because it is undone before the commit.
 */
final class UserTriggers {
  /** Those that fire in sessions like ours, on the tables and on their partitions. */
  private static final String ENABLED =
      """
      WITH written AS (
        SELECT w.oid FROM unnest(?::oid[]) AS w (oid)
        UNION
        SELECT p.relid::oid FROM unnest(?::oid[]) AS w (oid), pg_partition_tree(w.oid) AS p
      )
      SELECT n.nspname, c.relname, f.what, f.name, f.enabled
      FROM written w
      JOIN pg_class c ON c.oid = w.oid JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN (
        SELECT t.tgrelid AS oid, 'TRIGGER' AS what, t.tgname AS name, t.tgenabled AS enabled
        FROM pg_trigger t
        -- Before 15 those that a partition has from its whole are called internal.
        WHERE NOT t.tgisinternal OR (t.tgparentid <> 0 AND t.tgconstraint = 0)
        UNION ALL
        SELECT r.ev_class, 'RULE', r.rulename, r.ev_enabled FROM pg_rewrite r WHERE r.ev_type <> '1'
      ) AS f ON f.oid = c.oid
      WHERE f.enabled IN ('O', 'A')
      ORDER BY n.nspname, c.relname, f.what, f.name
      """;

  private record Firing(String table, String what, String name, boolean always) {}

  private final ParentSession session;
  private final List<Firing> firing;

  private UserTriggers(ParentSession session, List<Firing> firing) {
    this.session = session;
    this.firing = firing;
  }

  static UserTriggers disable(ParentSession session, Collection<Long> tables) throws SQLException {
    Object oids = session.connection().createArrayOf("int8", tables.toArray());
    List<Firing> firing =
        session.list(
            ENABLED,
            row ->
                new Firing(
                    Identifiers.quote(row.getString("nspname"))
                        + "."
                        + Identifiers.quote(row.getString("relname")),
                    row.getString("what"),
                    Identifiers.quote(row.getString("name")),
                    row.getString("enabled").equals("A")),
            oids,
            oids);
    for (String table : firing.stream().map(Firing::table).distinct().toList()) {
      session.lock("LOCK TABLE ONLY %s IN SHARE ROW EXCLUSIVE MODE".formatted(table));
    }
    for (Firing each : firing) {
      alter(session, each, "DISABLE");
    }
    return new UserTriggers(session, firing);
  }

  /** Makes them fire again as they did. */
  void enable() throws SQLException {
    for (Firing each : firing) {
      alter(session, each, each.always() ? "ENABLE ALWAYS" : "ENABLE");
    }
  }

  private static void alter(ParentSession session, Firing firing, String how) throws SQLException {
    session.execute(
        "ALTER TABLE ONLY %s %s %s %s"
            .formatted(firing.table(), how, firing.what(), firing.name()));
  }
}
