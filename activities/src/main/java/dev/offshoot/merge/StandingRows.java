package dev.offshoot.merge;

import dev.offshoot.merge.ParentTable.Column;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The parent's rows that a table's changes meet, locked until the end of the transaction and noted
 * in a temporary table as they stand: {@code n} (number of the change), {@code tab} and {@code tid}
 * (where the row is), and the values {@code c…}.
 *
 * <p>A row that another transaction has just changed is noted as that transaction left it, and none
 * can change one afterwards. So whatever is found by looking at these notes holds until the commit.
 */
final class StandingRows {
  private StandingRows() {}

  private static final String TABLE =
      """
      CREATE TEMPORARY TABLE {standing} (
        n bigint, tab oid, tid tid, {columns}) ON COMMIT DROP
      """;

  /** In the order of the change set, which is that of keys: the order that others can keep to. */
  private static final String LOCK =
      """
      INSERT INTO {standing}
      SELECT s.n, t.tableoid, t.ctid, {values}
      FROM {changes} AS s JOIN {rows} AS t ON {meets}
      ORDER BY s.n
      FOR UPDATE OF t
      """;

  /** Of equal rows it does not matter which ones go; as many as are needed are kept. */
  private static final String KEEP_COPIES =
      """
      DELETE FROM {standing} AS p
      USING (SELECT n, tab, tid, row_number() OVER (PARTITION BY n ORDER BY tab, tid) AS place
             FROM {standing}) AS counted,
        {changes} AS s
      WHERE s.n = counted.n AND counted.place > s.copies
        AND p.n = counted.n AND p.tab = counted.tab AND p.tid = counted.tid
      """;

  static void lock(ParentSession session, TableMerge table) throws SQLException {
    List<Column> columns = table.target().columns();
    Map<String, String> parts =
        Map.of(
            "standing", table.standing(),
            "changes", table.changes(),
            "rows", table.target().rows(),
            "meets", table.hasKey() ? table.keysMeet() : imagesMeet(table),
            "columns",
                columns.stream()
                    .map(column -> column.definition("c" + column.number()))
                    .collect(Collectors.joining(", ")),
            "values",
                columns.stream()
                    .map(column -> "t." + column.quoted())
                    .collect(Collectors.joining(", ")));
    session.execute(SqlTemplate.fill(TABLE, parts));
    session.lock(SqlTemplate.fill(LOCK, parts));
    if (!table.hasKey()) {
      session.execute(SqlTemplate.fill(KEEP_COPIES, parts));
    }
    session.execute("ANALYZE " + table.standing());
  }

  /** Without a key a row is found by all that was seen of it, and only to be deleted. */
  private static String imagesMeet(TableMerge table) {
    List<ReviewedColumn> guarded = table.guarded();
    return "s.kind = 'D' AND %s = %s AND %s"
        .formatted(
            Images.array(TableMerge.each(guarded, ReviewedColumn::before)),
            Images.array(TableMerge.each(guarded, ReviewedColumn::inTable)),
            Outcomes.unreviewedUntouched(table, RowSource.TABLE));
  }
}
