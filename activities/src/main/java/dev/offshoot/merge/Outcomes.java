package dev.offshoot.merge;

import dev.offshoot.domain.Strictness;
import dev.offshoot.merge.ParentTable.Column;
import dev.offshoot.sql.Literals;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What is to happen with each staged change of one table, decided in one statement from what was
 * reviewed and what stands: apply it, leave it because the parent holds the reviewed values
 * already, or a conflict. In a temporary table: {@code n} and {@code outcome}.
 *
 * @param inserts rows to insert
 * @param updates rows to update
 * @param deletes rows to delete
 * @param converged rows that the parent holds as reviewed
 * @param conflicts changes that collide
 */
record Outcomes(long inserts, long updates, long deletes, long converged, long conflicts) {
  private static final String TABLE =
      """
      CREATE TEMPORARY TABLE {outcomes} ON COMMIT DROP AS
      SELECT s.n, {outcome} AS outcome FROM {changes} AS s LEFT JOIN {standing} AS p ON p.n = s.n
      """;

  /**
   * The guards. A row that the change set deletes itself is no obstacle to an insert, as when a key
   * is written in another way. An update that finds the reviewed row is the usual case and is asked
   * first. What the parent did to a counter is no obstacle to an update, and an update of one is
   * never there already.
   */
  private static final String OUTCOME_BY_KEY =
      """
      CASE s.kind
        WHEN 'I' THEN CASE
          WHEN p.n IS NULL THEN 'APPLY'
          WHEN EXISTS (
            SELECT FROM {standing} AS gone JOIN {changes} AS by ON by.n = gone.n
            WHERE by.kind = 'D' AND gone.tab = p.tab AND gone.tid = p.tid) THEN 'APPLY'
          WHEN {equalsafter} THEN 'CONVERGED'
          ELSE 'INSERT_EXISTS' END
        WHEN 'U' THEN CASE
          WHEN p.n IS NULL THEN 'UPDATE_MISSING'
          WHEN NOT {addable} THEN 'UPDATE_UPDATE'
          WHEN {unmoved} THEN 'APPLY'
          WHEN {converged} THEN 'CONVERGED'
          WHEN {stands} THEN 'APPLY'
          ELSE 'UPDATE_UPDATE' END
        ELSE CASE
          WHEN p.n IS NULL THEN 'CONVERGED'
          WHEN {equalsbefore} AND {untouched} THEN 'APPLY'
          ELSE 'DELETE_UPDATED' END
      END\
      """;

  private static final String TABLE_OF_MULTISET =
      """
      CREATE TEMPORARY TABLE {outcomes} ON COMMIT DROP AS
      SELECT s.n,
        CASE WHEN s.kind = 'I' OR count(p.n) = s.copies THEN 'APPLY' ELSE 'DELETE_UPDATED' END
          AS outcome
      FROM {changes} AS s LEFT JOIN {standing} AS p ON p.n = s.n
      GROUP BY s.n, s.kind, s.copies
      """;

  private static final String COUNT =
      """
      SELECT
        coalesce(sum(s.copies) FILTER (WHERE o.outcome = 'APPLY' AND s.kind = 'I'), 0) AS inserts,
        coalesce(sum(s.copies) FILTER (WHERE o.outcome = 'APPLY' AND s.kind = 'U'), 0) AS updates,
        coalesce(sum(s.copies) FILTER (WHERE o.outcome = 'APPLY' AND s.kind = 'D'), 0) AS deletes,
        count(*) FILTER (WHERE o.outcome = 'CONVERGED') AS converged,
        count(*) FILTER (WHERE o.outcome NOT IN ('APPLY', 'CONVERGED')) AS conflicts
      FROM {outcomes} AS o JOIN {changes} AS s ON s.n = o.n
      """;

  static Outcomes decide(ParentSession session, TableMerge table, Strictness strictness)
      throws SQLException {
    Map<String, String> names =
        Map.of(
            "changes", table.changes(),
            "standing", table.standing(),
            "outcomes", table.outcomes());
    if (table.hasKey()) {
      Map<String, String> parts = new HashMap<>(names);
      parts.putAll(guards(table, strictness));
      parts.put("outcome", SqlTemplate.fill(OUTCOME_BY_KEY, parts));
      session.execute(SqlTemplate.fill(TABLE, parts));
    } else {
      session.execute(SqlTemplate.fill(TABLE_OF_MULTISET, names));
    }
    session.execute("ANALYZE " + table.outcomes());
    return session.only(
        SqlTemplate.fill(COUNT, names),
        row ->
            new Outcomes(
                row.getLong("inserts"),
                row.getLong("updates"),
                row.getLong("deletes"),
                row.getLong("converged"),
                row.getLong("conflicts")));
  }

  private static Map<String, String> guards(TableMerge table, Strictness strictness) {
    List<ReviewedColumn> columns = table.columns();
    List<ReviewedColumn> counters = table.counters();
    List<ReviewedColumn> others = columns.stream().filter(column -> !column.delta()).toList();
    List<ReviewedColumn> guarded =
        table.guarded().stream().filter(column -> !column.delta()).toList();
    String unmoved = same(guarded, ReviewedColumn::before);
    String nothingAdded = all(counters, column -> "false");
    boolean byCell = strictness == Strictness.CELL;
    return Map.of(
        "equalsbefore",
        same(table.guarded(), ReviewedColumn::before),
        "equalsafter",
        same(columns, ReviewedColumn::after),
        "addable",
        counters.isEmpty()
            ? "true"
            : counters.stream()
                .map(column -> column.addable(column.standing()))
                .collect(Collectors.joining(" AND ", "(", ")")),
        "unmoved",
        unmoved,
        "converged",
        (byCell ? all(others, Outcomes::isAfter) : same(others, ReviewedColumn::after))
            + " AND "
            + nothingAdded,
        "stands",
        byCell
            ? all(guarded, c -> isAfter(c) + " OR " + Images.same(c.standing(), c.before()))
            : unmoved,
        "untouched",
        unreviewedUntouched(table, RowSource.STANDING));
  }

  private static String same(List<ReviewedColumn> columns, Function<ReviewedColumn, String> form) {
    return Images.allSame(
        TableMerge.each(columns, ReviewedColumn::standing), TableMerge.each(columns, form));
  }

  private static String isAfter(ReviewedColumn column) {
    return Images.same(column.standing(), column.after());
  }

  /** The condition for each column that the experiment changed in that row. */
  private static String all(
      List<ReviewedColumn> columns, Function<ReviewedColumn, String> condition) {
    List<String> each = new ArrayList<>();
    for (ReviewedColumn column : columns) {
      each.add("(NOT %s OR %s)".formatted(column.changed(), condition.apply(column)));
    }
    return each.isEmpty() ? "true" : "(" + String.join(" AND ", each) + ")";
  }

  /** The condition that nobody has written any column which the parent has gained. */
  static String unreviewedUntouched(TableMerge table, RowSource row) {
    return table.unreviewed().stream()
        .map(column -> untouched(table.target(), column, row))
        .collect(
            Collectors.collectingAndThen(
                Collectors.joining(" AND "), all -> all.isEmpty() ? "true" : all));
  }

  /**
   * The condition that nobody has written a value into a column which was added: it is null, what a
   * row has there that does not name it, or what {@code ADD COLUMN … DEFAULT} gave to every row
   * that was there, which each partition keeps for itself in an array of one. Holds under any
   * search path.
   */
  static String untouched(ParentTable table, Column column, RowSource row) {
    String value = row.value(column);
    return """
    (%1$s IS NOT DISTINCT FROM NULL%6$s OR COALESCE((
      SELECT pg_catalog.array_to_string(a.attmissingval, '') COLLATE pg_catalog."C"
        OPERATOR(pg_catalog.=) %2$s
      FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_attribute whole
        ON whole.attname OPERATOR(pg_catalog.=) a.attname
      WHERE whole.attrelid OPERATOR(pg_catalog.=) %3$d AND whole.attnum OPERATOR(pg_catalog.=) %4$d
        AND a.attrelid OPERATOR(pg_catalog.=) %5$s AND a.attmissingval IS NOT NULL), false))\
    """
        .formatted(
            value,
            Images.text(value),
            table.oid(),
            column.number(),
            row.table(),
            usual(column, value));
  }

  private static String usual(Column column, String value) {
    String usual = column.usual();
    return usual == null
        ? ""
        : " OR COALESCE(%s COLLATE pg_catalog.\"C\" OPERATOR(pg_catalog.=) %s, false)"
            .formatted(Images.text(value), Literals.quote(usual));
  }
}
