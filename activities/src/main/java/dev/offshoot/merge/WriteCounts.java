package dev.offshoot.merge;

import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/**
 * What this session has written so far, as the server itself counts it: every table, partition,
 * temporary table and system catalog, whoever's code wrote it. What was undone by a savepoint
 * counts too.
 *
 * @param byOid counts of relations that were written
 */
record WriteCounts(Map<Long, Count> byOid) {

  /**
   * @param schema schema of the relation
   * @param relation its name
   * @param view whether it is a materialized view
   */
  record Count(
      String schema, String relation, boolean view, long inserted, long updated, long deleted) {
    boolean isZero() {
      return inserted == 0 && updated == 0 && deleted == 0;
    }

    Count since(Count earlier) {
      return new Count(
          schema,
          relation,
          view,
          inserted - earlier.inserted,
          updated - earlier.updated,
          deleted - earlier.deleted);
    }

    private Count negative() {
      return new Count(schema, relation, view, -inserted, -updated, -deleted);
    }
  }

  private static final String COUNTS =
      """
      SELECT w.relid, w.schemaname, w.relname, c.relkind = 'm' AS view,
        w.n_tup_ins, w.n_tup_upd, w.n_tup_del
      FROM pg_stat_xact_all_tables AS w JOIN pg_class c ON c.oid = w.relid
      WHERE w.n_tup_ins > 0 OR w.n_tup_upd > 0 OR w.n_tup_del > 0
      """;

  static WriteCounts read(ParentSession session) throws SQLException {
    Map<Long, Count> counts = new HashMap<>();
    session.list(
        COUNTS,
        row ->
            counts.put(
                row.getLong("relid"),
                new Count(
                    row.getString("schemaname"),
                    row.getString("relname"),
                    row.getBoolean("view"),
                    row.getLong("n_tup_ins"),
                    row.getLong("n_tup_upd"),
                    row.getLong("n_tup_del"))));
    return new WriteCounts(counts);
  }

  /**
   * What was written since {@code earlier}. A TRUNCATE makes counts smaller, so it shows too if
   * anything had been counted.
   */
  Map<Long, Count> since(WriteCounts earlier) {
    Map<Long, Count> difference = new HashMap<>();
    byOid.forEach(
        (oid, count) ->
            difference.put(
                oid, earlier.byOid.containsKey(oid) ? count.since(earlier.byOid.get(oid)) : count));
    earlier.byOid.forEach((oid, count) -> difference.putIfAbsent(oid, count.negative()));
    difference.values().removeIf(Count::isZero);
    return difference;
  }
}
