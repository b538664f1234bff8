package dev.offshoot.merge;

import dev.offshoot.domain.Conflict;
import dev.offshoot.domain.RowChange;
import dev.offshoot.merge.ParentTable.Column;
import dev.offshoot.sql.Identifiers;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds reviewed rows that a constraint of the parent will refuse because of the parent's own
 * changes, all at once: rows that refer to a row which the parent has deleted, and rows that want a
 * unique value which another row of the parent has. What else a constraint may refuse (a check that
 * the parent has gained, say) the server tells when the rows are applied, one at a time.
 */
final class ConstraintSearch {
  private static final String DANGLING =
      """
      FROM {changes} AS s
      JOIN {outcomes} AS o ON o.n = s.n AND o.outcome = 'APPLY'
      LEFT JOIN {standing} AS p ON p.n = s.n
      WHERE (s.kind = 'I' OR s.kind = 'U' AND {moves}) AND {present}
        AND NOT EXISTS (SELECT FROM {targets} AS r WHERE {refers})
        AND NOT {supplied}
      """;

  /** The change set brings the row referred to. */
  private static final String SUPPLIED =
      """
      EXISTS (
        SELECT FROM {changes} AS x WHERE x.kind <> 'D' AND {refers})\
      """;

  /**
   * Compares final rows with the parent's rows that stay as they are. Under the owner's search
   * path, for the sake of the index's expressions, so everything is qualified.
   */
  private static final String TAKEN =
      """
      FROM {wanted} AS wanted
      JOIN {held} AS held ON {meet}
      JOIN {changes} AS s ON s.n OPERATOR(pg_catalog.=) wanted.n
      WHERE NOT EXISTS (
        SELECT FROM {standing} AS p
        JOIN {changes} AS s ON s.n OPERATOR(pg_catalog.=) p.n
        WHERE p.tab OPERATOR(pg_catalog.=) held.tab AND p.tid OPERATOR(pg_catalog.=) held.tid
          AND (s.kind OPERATOR(pg_catalog.=) 'D'
               OR s.kind OPERATOR(pg_catalog.=) 'U' AND {changesindex}))
      """;

  private static final String WANTED =
      """
      {changes} AS s
      JOIN {outcomes} AS o ON o.n OPERATOR(pg_catalog.=) s.n
      LEFT JOIN {standing} AS p ON p.n OPERATOR(pg_catalog.=) s.n
      WHERE o.outcome OPERATOR(pg_catalog.=) 'APPLY'
        AND (s.kind OPERATOR(pg_catalog.=) 'I'
             OR s.kind OPERATOR(pg_catalog.=) 'U' AND {changesindex})\
      """;

  private final ParentSession session;
  private final List<PlannedTable> tables;
  private final Conflicts conflicts;

  ConstraintSearch(ParentSession session, List<PlannedTable> tables, Conflicts conflicts) {
    this.session = session;
    this.tables = tables;
    this.conflicts = conflicts;
  }

  void search(List<ForeignKey> keys) throws SQLException {
    for (ForeignKey key : keys) {
      Optional<PlannedTable> child = PlannedTable.at(key.child(), tables);
      if (child.isPresent() && writes(child.get())) {
        danglingReferences(key, child.get());
      }
    }
    for (PlannedTable planned : tables) {
      for (UniqueIndex index : planned.staged().uniqueIndexes()) {
        if (planned.has(RowChange.Kind.INSERT) || planned.updatesAny(index.columns())) {
          takenValues(planned.table(), index);
        }
      }
    }
  }

  private static boolean writes(PlannedTable planned) {
    return planned.has(RowChange.Kind.INSERT) || planned.has(RowChange.Kind.UPDATE);
  }

  private void danglingReferences(ForeignKey key, PlannedTable child) throws SQLException {
    TableMerge table = child.table();
    Optional<List<ReviewedColumn>> columns = table.reviewed(key.child().columns());
    if (columns.isEmpty()) {
      return;
    }
    Map<String, String> parts = names(table);
    parts.put("moves", table.changesAny(key.child().columns()));
    parts.put(
        "present",
        columns.get().stream()
            .map(column -> wanted(table, column.column()) + " IS DISTINCT FROM NULL")
            .collect(Collectors.joining(" AND ")));
    parts.put("targets", key.target().rows());
    parts.put(
        "refers",
        refers(key, table, columns.get(), name -> "r." + Identifiers.quote(name)).orElse("true"));
    parts.put("supplied", supplied(key, table, columns.get()));
    add(
        table,
        SqlTemplate.fill(DANGLING, parts),
        "it refers to a row of %s that the parent does not have (%s)"
            .formatted(key.target().relation(), key.name()));
  }

  private String supplied(ForeignKey key, TableMerge table, List<ReviewedColumn> columns) {
    return PlannedTable.at(key.target(), tables)
        .map(PlannedTable::table)
        .flatMap(
            target ->
                refers(
                        key,
                        table,
                        columns,
                        name ->
                            target
                                .reviewed(List.of(name))
                                .map(found -> found.get(0).after("x"))
                                .orElse(""))
                    .map(
                        refers ->
                            SqlTemplate.fill(
                                SUPPLIED, Map.of("changes", target.changes(), "refers", refers))))
        .orElse("false");
  }

  /** The condition that a referred row has the values; empty if it does not hold a column. */
  private static Optional<String> refers(
      ForeignKey key,
      TableMerge table,
      List<ReviewedColumn> columns,
      Function<String, String> target) {
    List<String> each = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      String referred = target.apply(key.target().columns().get(i));
      if (referred.isEmpty()) {
        return Optional.empty();
      }
      each.add(
          "%s %s (%s)%s"
              .formatted(
                  referred,
                  key.equals().get(i),
                  wanted(table, columns.get(i).column()),
                  columns.get(i).column().collate()));
    }
    return Optional.of(String.join(" AND ", each));
  }

  private void takenValues(TableMerge table, UniqueIndex index) throws SQLException {
    Map<String, String> parts = names(table);
    parts.put("changesindex", table.changesAny(index.columns()));
    Optional<List<ReviewedColumn>> reviewed = table.reviewed(index.columns());
    Optional<String> wanted =
        index.values(
            table,
            Map.of("n", "s.n"),
            SqlTemplate.fill(WANTED, parts),
            column -> wanted(table, column));
    Optional<String> held =
        index.values(
            table,
            Map.of("tab", "r.tableoid", "tid", "r.ctid"),
            table.target().rows() + " AS r",
            column -> "r." + column.quoted());
    if (reviewed.isEmpty() || wanted.isEmpty() || held.isEmpty()) {
      return;
    }
    parts.put("wanted", wanted.get());
    parts.put("held", held.get());
    parts.put("meet", index.meet("wanted", "held"));
    session.useOwnersSearchPath();
    add(
        table,
        SqlTemplate.fill(TAKEN, parts),
        "another row of the parent has this unique value (%s)".formatted(index.name()));
    session.settle();
  }

  /** What an inserted or updated row is to hold. */
  private static String wanted(TableMerge table, Column column) {
    return "CASE WHEN s.kind OPERATOR(pg_catalog.=) 'I' THEN s.a%d ELSE %s END"
        .formatted(column.number(), UpdateWaves.merged(table, column));
  }

  private void add(TableMerge table, String from, String note) throws SQLException {
    long count =
        session.only("SELECT pg_catalog.count(DISTINCT s.n) " + from, row -> row.getLong(1));
    if (count > 0) {
      List<String> key = new ArrayList<>();
      table.key().forEach(part -> key.add("s.k" + part.column().number()));
      conflicts.add(
          table.name(),
          Map.of(Conflict.Kind.CONSTRAINT, count),
          session.list(
              "SELECT DISTINCT s.n, %s AS key %s ORDER BY 1 LIMIT %d"
                  .formatted(
                      Images.array(
                          table.hasKey()
                              ? key
                              : TableMerge.each(table.columns(), ReviewedColumn::after)),
                      from,
                      conflicts.room()),
              row ->
                  Conflicts.ofRow(
                      Conflict.Kind.CONSTRAINT,
                      table.name(),
                      Arrays.asList((@Nullable String[]) row.getArray("key").getArray()),
                      note)),
          RefusedRows.note(session, table, Conflict.Kind.CONSTRAINT, from));
    }
  }

  private static Map<String, String> names(TableMerge table) {
    Map<String, String> parts = new HashMap<>();
    parts.put("changes", table.changes());
    parts.put("outcomes", table.outcomes());
    parts.put("standing", table.standing());
    return parts;
  }
}
