package dev.offshoot.merge;

import dev.offshoot.merge.ApplicationOrder.Step;
import dev.offshoot.merge.ParentTable.Column;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Writes the reviewed rows, one statement for all changes of one kind in one table.
 *
 * <p>It runs under the owner's own search path, as the application's writes do: functions in the
 * parent's constraints and computed columns may rely on it. So every name and operator here is
 * qualified.
 */
final class RowApplication {
  private static final String DELETE_BY_KEY =
      """
      DELETE FROM {rows} AS t USING {changes} AS s, {outcomes} AS o
      WHERE {apply} AND s.kind OPERATOR(pg_catalog.=) 'D' AND {meets}
      """;

  private static final String DELETE_BY_PLACE =
      """
      DELETE FROM {rows} AS t USING {standing} AS s, {outcomes} AS o
      WHERE {apply} AND t.tableoid OPERATOR(pg_catalog.=) s.tab
        AND t.ctid OPERATOR(pg_catalog.=) s.tid
      """;

  private static final String UPDATE =
      """
      UPDATE {rows} AS t SET {values} FROM {changes} AS s, {outcomes} AS o
      WHERE {apply} AND s.kind OPERATOR(pg_catalog.=) 'U' AND {meets}
      """;

  private static final String INSERT =
      """
      INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE
      SELECT {values} FROM {changes} AS s, {outcomes} AS o, pg_catalog.generate_series(1, s.copies)
      WHERE {apply} AND s.kind OPERATOR(pg_catalog.=) 'I'
      ORDER BY s.n
      """;

  private static final String DELETE_REPLACED =
      """
      DELETE FROM {rows} AS t USING {changes} AS s WHERE {meets} AND {replaced}
      """;

  private static final String INSERT_REPLACED =
      """
      INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE
      SELECT {values}
      FROM {changes} AS s JOIN {standing} AS p ON p.n OPERATOR(pg_catalog.=) s.n
      WHERE {replaced}
      """;

  private static final String APPLY =
      "o.n OPERATOR(pg_catalog.=) s.n AND o.outcome OPERATOR(pg_catalog.=) 'APPLY'";

  private static final String TAKER =
      "EXISTS (SELECT FROM {takers} AS k WHERE k.n OPERATOR(pg_catalog.=) s.n)";
  private static final String REPLACED =
      "EXISTS (SELECT FROM {takers} AS k WHERE k.n OPERATOR(pg_catalog.=) s.n AND k.replaced)";

  private final ParentSession session;
  private final List<PlannedTable> tables;
  private final List<Step> steps;
  private final List<UpdateWaves> waves;

  RowApplication(
      ParentSession session, List<PlannedTable> tables, List<Step> steps, List<UpdateWaves> waves) {
    this.session = session;
    this.tables = tables;
    this.steps = steps;
    this.waves = waves;
  }

  /**
   * @throws SQLException of class 23 if a constraint of the parent refuses a row
   */
  void apply() throws SQLException {
    session.useOwnersSearchPath();
    for (Step step : steps) {
      PlannedTable planned = tables.get(step.table());
      if (!planned.has(step.kind())) {
        continue;
      }
      session.report(
          "applying: %s %s, %,d rows"
              .formatted(
                  switch (step.kind()) {
                    case DELETE -> "deleting from";
                    case UPDATE -> "updating";
                    case INSERT -> "inserting into";
                  },
                  planned.table().name(),
                  planned.rows(step.kind())));
      apply(planned, step);
    }
    session.settle();
  }

  private void apply(PlannedTable planned, Step step) throws SQLException {
    TableMerge table = planned.table();
    switch (step.kind()) {
      case DELETE ->
          session.execute(
              SqlTemplate.fill(table.hasKey() ? DELETE_BY_KEY : DELETE_BY_PLACE, parts(table)));
      case UPDATE -> update(planned, waves.get(step.table()));
      case INSERT -> insert(table);
    }
  }

  private void insert(TableMerge table) throws SQLException {
    Map<String, String> parts = parts(table);
    parts.put("columns", names(TableMerge.each(table.columns(), c -> c.column().quoted())));
    parts.put("values", names(TableMerge.each(table.columns(), ReviewedColumn::written)));
    session.execute(SqlTemplate.fill(INSERT, parts));
  }

  private void update(PlannedTable planned, UpdateWaves waves) throws SQLException {
    TableMerge table = planned.table();
    Map<String, String> parts = parts(table);
    if (!waves.any()) {
      update(planned, parts, "");
      return;
    }
    String taker = SqlTemplate.fill(TAKER, parts);
    String replaced = SqlTemplate.fill(REPLACED, parts);
    parts.put("replaced", replaced);
    session.execute(SqlTemplate.fill(DELETE_REPLACED, parts));
    update(planned, parts, " AND NOT " + taker);
    update(planned, parts, " AND " + taker + " AND NOT " + replaced);
    List<Column> columns = table.target().columns();
    parts.put("columns", names(columns.stream().map(Column::quoted).toList()));
    parts.put(
        "values",
        names(columns.stream().map(column -> UpdateWaves.merged(table, column)).toList()));
    session.execute(SqlTemplate.fill(INSERT_REPLACED, parts));
  }

  /** Sets only what the experiment changed; the rest of a row stays the parent's. */
  private void update(PlannedTable planned, Map<String, String> parts, String which)
      throws SQLException {
    String values =
        planned.table().columns().stream()
            .filter(
                column -> planned.staged().changes().changesAny(List.of(column.column().name())))
            .filter(column -> !column.column().identityAlways())
            .map(
                column ->
                    column.column().quoted()
                        + " = "
                        + column.merged("t." + column.column().quoted()))
            .collect(Collectors.joining(", "));
    if (!values.isEmpty()) {
      parts.put("values", values);
      session.execute(SqlTemplate.fill(UPDATE, parts) + which);
    }
  }

  private static Map<String, String> parts(TableMerge table) {
    Map<String, String> parts = new HashMap<>();
    parts.put("table", table.target().quoted());
    parts.put("rows", table.target().rows());
    parts.put("changes", table.changes());
    parts.put("outcomes", table.outcomes());
    parts.put("standing", table.standing());
    parts.put("takers", table.takers());
    parts.put("apply", APPLY);
    parts.put("meets", table.keysMeet());
    return parts;
  }

  private static String names(List<String> names) {
    return String.join(", ", names);
  }
}
