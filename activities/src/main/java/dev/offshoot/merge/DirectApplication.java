package dev.offshoot.merge;

import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.Strictness;
import dev.offshoot.merge.ApplicationOrder.Step;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The quick way to write the reviewed rows: the guards stand in the writing statements themselves,
 * one for all changes of one kind in one table. A statement that finds fewer rows than were
 * reviewed, or that a constraint refuses, ends the try; then everything is undone, and the thorough
 * way finds out what stands in the way, or that nothing does.
 *
 * <p>A row that another transaction has just changed is guarded as that transaction left it, and
 * from then on it is ours. What was written is compared with what was reviewed as it is written;
 * afterwards {@link SelfCheck} sees to it that nothing writes it again.
 *
 * <p>Like {@link RowApplication} it runs under the owner's own search path, so every name and
 * operator is qualified.
 */
final class DirectApplication {
  private static final String UPDATE =
      """
      WITH written AS (
        UPDATE {rows} AS t SET {values} FROM {changes} AS s
        WHERE s.kind OPERATOR(pg_catalog.=) 'U' AND {meets} AND {stands}
        RETURNING {asreviewed} AS reviewed)
      SELECT pg_catalog.count(*) AS written,
        pg_catalog.count(*) FILTER (WHERE NOT w.reviewed) AS wrong
      FROM written AS w
      """;

  private static final String DELETE =
      """
      WITH written AS (
        DELETE FROM {rows} AS t USING {changes} AS s
        WHERE s.kind OPERATOR(pg_catalog.=) 'D' AND {meets} AND {stands} AND {untouched}
        RETURNING true)
      SELECT pg_catalog.count(*) AS written, 0 AS wrong FROM written
      """;

  private static final String INSERT =
      """
      WITH written AS (
        INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE
        SELECT {values} FROM {changes} AS s WHERE s.kind OPERATOR(pg_catalog.=) 'I' ORDER BY s.n
        RETURNING true)
      SELECT pg_catalog.count(*) AS written, 0 AS wrong FROM written
      """;

  private static final String INSERTED =
      """
      SELECT pg_catalog.count(*) FROM {changes} AS s LEFT JOIN {rows} AS t ON {meets}
      WHERE s.kind OPERATOR(pg_catalog.=) 'I' AND NOT (t.tableoid IS NOT NULL AND {asreviewed})
      """;

  /** What one statement did. */
  private record Written(long rows, long wrong) {}

  private final ParentSession session;
  private final List<StagedTable> tables;
  private final Strictness strictness;

  DirectApplication(ParentSession session, List<StagedTable> tables, Strictness strictness) {
    this.session = session;
    this.tables = tables;
    this.strictness = strictness;
  }

  /**
   * Whether the guards can stand in the writing statements: rows have keys, no statement has to
   * come before another that would come after it, nothing that is deleted or renumbered is referred
   * to, so that no row that nobody reviewed is in question, and no counter has to be read first.
   */
  boolean fits(ApplicationOrder order, List<ForeignKey> keys) {
    return order.deferred().isEmpty()
        && tables.stream().allMatch(DirectApplication::fits)
        && keys.stream().noneMatch(key -> tables.stream().anyMatch(table -> shakes(table, key)));
  }

  private static boolean fits(StagedTable staged) {
    List<String> identities =
        staged.table().columns().stream()
            .filter(column -> column.column().identityAlways())
            .map(column -> column.column().name())
            .toList();
    return staged.table().hasKey()
        && staged.table().counters().isEmpty()
        && !staged.changes().changesAny(identities);
  }

  private static boolean shakes(StagedTable staged, ForeignKey key) {
    return staged.isAt(key.target())
        && (staged.has(RowChange.Kind.DELETE) || staged.updatesAny(key.target().columns()));
  }

  /**
   * Writes every change.
   *
   * @return whether all were written; if not, what was is to be undone by the caller
   * @throws SQLException of class 23 if a constraint of the parent refuses a row
   */
  boolean apply(List<Step> steps) throws SQLException {
    for (Step step : steps) {
      StagedTable staged = tables.get(step.table());
      long reviewed = staged.changes().count(step.kind());
      session.report("writing %s, %,d rows".formatted(staged.table().name(), reviewed));
      session.useOwnersSearchPath();
      session.useKeyOrder();
      Written written = write(staged, step.kind());
      session.settle();
      if (written.rows() != reviewed) {
        return false;
      }
      Verification.requireNone(session, staged.table(), written.wrong());
    }
    for (StagedTable staged : tables) {
      if (staged.has(RowChange.Kind.INSERT)) {
        session.useKeyOrder();
        Verification.requireNone(
            session,
            staged.table(),
            session.only(SqlTemplate.fill(INSERTED, parts(staged.table())), row -> row.getLong(1)));
      }
    }
    session.settle();
    return true;
  }

  private Written write(StagedTable staged, RowChange.Kind kind) throws SQLException {
    TableMerge table = staged.table();
    Map<String, String> parts = parts(table);
    String query =
        switch (kind) {
          case UPDATE -> {
            parts.put("values", values(staged));
            parts.put("asreviewed", identical(table.columns(), column -> after(staged, column)));
            if (strictness == Strictness.CELL) {
              byCell(table, parts);
            }
            yield UPDATE;
          }
          case DELETE -> DELETE;
          case INSERT -> INSERT;
        };
    return session.lockingOnly(
        SqlTemplate.fill(query, parts),
        row -> new Written(row.getLong("written"), row.getLong("wrong")));
  }

  private static void byCell(TableMerge table, Map<String, String> parts) {
    parts.put(
        "stands",
        "(%s OR %s)"
            .formatted(
                parts.get("stands"),
                identicalWhereChanged(table.guarded(), ReviewedColumn::before)));
    parts.put("asreviewed", identicalWhereChanged(table.columns(), ReviewedColumn::written));
  }

  private static Map<String, String> parts(TableMerge table) {
    List<ReviewedColumn> columns = table.columns();
    Map<String, String> parts = new HashMap<>();
    parts.put("table", table.target().quoted());
    parts.put("rows", table.target().rows());
    parts.put("changes", table.changes());
    parts.put("meets", table.keysMeet());
    parts.put("columns", String.join(", ", TableMerge.each(columns, c -> c.column().quoted())));
    parts.put("values", String.join(", ", TableMerge.each(columns, ReviewedColumn::written)));
    parts.put("stands", identical(table.guarded(), ReviewedColumn::before));
    parts.put("untouched", Outcomes.unreviewedUntouched(table, RowSource.TABLE));
    parts.put("asreviewed", identical(columns, ReviewedColumn::written));
    return parts;
  }

  /** What the experiment changed, where it changed it; the rest of a row stays the parent's. */
  private static String values(StagedTable staged) {
    return staged.table().columns().stream()
        .filter(column -> staged.changes().changedColumns().contains(column.column().name()))
        .map(column -> column.column().quoted() + " = " + value(staged, column))
        .collect(Collectors.joining(", "));
  }

  private static String value(StagedTable staged, ReviewedColumn column) {
    return staged.changes().alwaysChanged().contains(column.column().name())
        ? column.written()
        : column.merged("t." + column.column().quoted());
  }

  /** An update's reviewed value, said as shortly as what is known of all updates allows. */
  private static String after(StagedTable staged, ReviewedColumn column) {
    String name = column.column().name();
    if (staged.changes().alwaysChanged().contains(name)) {
      return column.written();
    }
    return staged.changes().changedColumns().contains(name) ? column.after() : column.before();
  }

  private static String identical(
      List<ReviewedColumn> columns, Function<ReviewedColumn, String> form) {
    return Images.allIdentical(
        TableMerge.each(columns, column -> column.column().storedAs()),
        TableMerge.each(columns, ReviewedColumn::inTable),
        TableMerge.each(columns, form));
  }

  /** The same for those columns only which the experiment changed in that row. */
  private static String identicalWhereChanged(
      List<ReviewedColumn> columns, Function<ReviewedColumn, String> form) {
    List<String> each = new ArrayList<>();
    for (ReviewedColumn column : columns) {
      each.add("(NOT %s OR %s)".formatted(column.changed(), identical(List.of(column), form)));
    }
    return each.isEmpty() ? "true" : String.join(" AND ", each);
  }
}
