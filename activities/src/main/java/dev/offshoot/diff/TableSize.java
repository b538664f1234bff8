package dev.offshoot.diff;

import dev.offshoot.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * How large a table was at the branch point. Counting takes as long as the table is large, so that
 * where a few rows of a large one are looked up the server's own estimate must do.
 */
final class TableSize {
  /** Up to so many rows counting takes no time worth mentioning. */
  private static final long COUNTED_ROWS = 100_000;

  /** Looking a row up takes as long as reading about ten in passing. */
  private static final long ROWS_A_LOOKUP_COSTS = 10;

  private static final long FEW = 1_000;

  /** For tables that were never analyzed. */
  private static final long TYPICAL_ROW_BYTES = 100;

  /** As the planner does: rows per page as they were last seen, times the pages of today. */
  private static final String SIZE =
      """
      SELECT sum(pg_relation_size(c.oid))::bigint AS bytes,
        bool_and(c.relpages > 0 AND c.reltuples >= 0 OR pg_relation_size(c.oid) = 0) AS known,
        sum(CASE WHEN c.relpages > 0 AND c.reltuples >= 0
          THEN c.reltuples * (pg_relation_size(c.oid)
            / current_setting('block_size')::bigint)::float8 / c.relpages
          ELSE 0 END)::bigint AS rows
      FROM pg_class AS c
      WHERE c.relkind = 'r' AND (c.oid = ?
        OR c.relispartition AND c.oid IN (SELECT relid FROM pg_partition_tree(?::regclass)))
      """;

  private final Connection base;
  private final Connection branch;
  private final TablePair pair;
  private final Estimate estimate;
  private boolean counts;

  /** Both sessions in the transaction of the comparison. */
  TableSize(Connection base, Connection branch, TablePair pair) throws SQLException {
    this.base = base;
    this.branch = branch;
    this.pair = pair;
    this.estimate =
        Sql.only(
            base,
            SIZE,
            row -> new Estimate(row.getLong("bytes"), row.getBoolean("known"), row.getLong("rows")),
            pair.base().oid(),
            pair.base().oid());
  }

  private record Estimate(long bytes, boolean known, long rows) {}

  /** Whether looking up {@code keys} rows is faster than reading all. */
  boolean isFasterByKey(long keys) {
    long rows = estimate.known() ? estimate.rows() : estimate.bytes() / TYPICAL_ROW_BYTES;
    return keys <= FEW || keys * ROWS_A_LOOKUP_COSTS <= rows;
  }

  /** From now on {@link #rows} is exact: all rows are read anyway. */
  void count() {
    counts = true;
  }

  /**
   * Rows at the branch point: counted, or as the server estimates them. Always counted where the
   * branch has none, so that nobody has to guess whether all of them are gone.
   */
  long rows() throws SQLException {
    if (!counts && estimate.known() && estimate.rows() > COUNTED_ROWS && branchHasRows()) {
      return estimate.rows();
    }
    return Sql.only(base, "SELECT count(*) FROM " + pair.from(), row -> row.getLong(1));
  }

  private boolean branchHasRows() throws SQLException {
    return Sql.only(
        branch, "SELECT EXISTS (SELECT FROM %s)".formatted(pair.from()), row -> row.getBoolean(1));
  }
}
