package dev.offshoot.merge;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.offshoot.domain.OffshootJson;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.Strictness;
import dev.offshoot.domain.TableName;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What of a change set the parent held before the merge, so that the merge did not change it and a
 * revert must leave it: whole rows, and with {@code CELL} single values of rows that it did change.
 * Rows are named by their number in the change set, so no value is in it.
 *
 * @param tables those in which there is any
 */
public record Convergence(List<Table> tables) {

  /**
   * @param table its name in the change set
   * @param rows numbers of rows, as a multirange
   * @param cells numbers of rows by the index of the column
   */
  record Table(TableName table, String rows, Map<Integer, String> cells) {}

  static final Convergence NONE = new Convergence(List.of());

  private static final Pattern RANGE = Pattern.compile("\\[(\\d+),(\\d+)\\)");

  private static final String ROWS =
      """
      SELECT range_agg(int8range(o.n, o.n + 1))::text FROM {outcomes} AS o
      WHERE o.outcome = 'CONVERGED'
      """;

  private static final String CELLS =
      """
      SELECT {cells}
      FROM {changes} AS s
      JOIN {outcomes} AS o ON o.n = s.n AND o.outcome = 'APPLY'
      JOIN {standing} AS p ON p.n = s.n
      WHERE s.kind = 'U'
      """;

  private static final String CELL =
      """
      range_agg(int8range(s.n, s.n + 1)) FILTER (
        WHERE %s AND %s AND NOT %s)::text AS cell%d\
      """;

  /** What the outcomes and the locked rows of a merge tell. */
  static Convergence of(ParentSession session, List<PlannedTable> planned, Strictness strictness)
      throws SQLException {
    List<Table> tables = new ArrayList<>();
    for (PlannedTable each : planned) {
      boolean byCell = strictness != Strictness.ROW && each.rows(RowChange.Kind.UPDATE) > 0;
      String rows = each.outcomes().converged() == 0 ? "{}" : rows(session, each.table());
      Map<Integer, String> cells = byCell ? cells(session, each) : Map.of();
      if (each.outcomes().converged() > 0 || !cells.isEmpty()) {
        tables.add(new Table(each.table().name(), rows, cells));
      }
    }
    return new Convergence(List.copyOf(tables));
  }

  private static String rows(ParentSession session, TableMerge table) throws SQLException {
    return session.only(
        SqlTemplate.fill(ROWS, Map.of("outcomes", table.outcomes())), row -> row.getString(1));
  }

  private static Map<Integer, String> cells(ParentSession session, PlannedTable planned)
      throws SQLException {
    TableMerge table = planned.table();
    List<ReviewedColumn> changed =
        table.guarded().stream()
            // What an update adds to a counter is never there already.
            .filter(column -> !column.delta())
            .filter(
                column -> planned.staged().changes().changesAny(List.of(column.column().name())))
            .toList();
    if (changed.isEmpty()) {
      return Map.of();
    }
    String query =
        SqlTemplate.fill(
            CELLS,
            Map.of(
                "cells", String.join(", ", changed.stream().map(Convergence::cell).toList()),
                "changes", table.changes(),
                "outcomes", table.outcomes(),
                "standing", table.standing()));
    return session.only(
        query,
        row -> {
          Map<Integer, String> cells = new TreeMap<>();
          for (ReviewedColumn column : changed) {
            @Nullable String rows = row.getString("cell" + column.place());
            if (rows != null) {
              cells.put(column.place() - 1, rows);
            }
          }
          return cells;
        });
  }

  private static String cell(ReviewedColumn column) {
    return CELL.formatted(
        column.changed(),
        Images.same(column.standing(), column.after()),
        Images.same(column.standing(), column.before()),
        column.place());
  }

  /** Numbers of the rows of {@code table} that stood as reviewed. */
  public BitSet rows(TableName table) {
    return tables.stream()
        .filter(each -> each.table().equals(table))
        .findFirst()
        .map(each -> numbers(each.rows()))
        .orElseGet(BitSet::new);
  }

  /** For columns of {@code table} by their index: numbers of rows whose value stood as reviewed. */
  public Map<Integer, BitSet> cells(TableName table) {
    Map<Integer, BitSet> cells = new TreeMap<>();
    tables.stream()
        .filter(each -> each.table().equals(table))
        .forEach(each -> each.cells().forEach((index, rows) -> cells.put(index, numbers(rows))));
    return cells;
  }

  private static BitSet numbers(String multirange) {
    BitSet numbers = new BitSet();
    Matcher ranges = RANGE.matcher(multirange);
    while (ranges.find()) {
      numbers.set(Integer.parseInt(ranges.group(1)), Integer.parseInt(ranges.group(2)));
    }
    return numbers;
  }

  String json() {
    try {
      return OffshootJson.mapper().writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a receipt that cannot be written", e);
    }
  }

  static Convergence read(String json) {
    try {
      return OffshootJson.mapper().readValue(json, Convergence.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a receipt that cannot be read", e);
    }
  }
}
