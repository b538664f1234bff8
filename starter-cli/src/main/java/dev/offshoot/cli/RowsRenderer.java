package dev.offshoot.cli;

import dev.offshoot.domain.ColumnShape;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.TableChanges;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Changed rows of one table, cell by cell, in aligned columns: the key, the columns that changed,
 * and all columns of rows that came or went, as far as the terminal is wide.
 */
final class RowsRenderer {
  private static final int CELL_LIMIT = 40;
  private static final int NAME_LIMIT = 40;
  private static final String INDENT = "  ";

  private final Colour colour;
  private final int width;

  /**
   * @param width columns of the terminal; 0 for no limit
   */
  RowsRenderer(Colour colour, int width) {
    this.colour = colour;
    this.width = width;
  }

  List<String> lines(TableChanges table, List<RowChange> rows) {
    if (rows.isEmpty()) {
      return List.of();
    }
    List<Integer> wanted = columnsOf(table, rows);
    List<Integer> fitting = wanted;
    List<String> lines = aligned(table, rows, fitting);
    while (tooWide(table, rows, fitting) && fitting.size() > 1) {
      fitting = withoutLeastImportant(table, rows, fitting);
      lines = aligned(table, rows, fitting);
    }
    if (fitting.size() < wanted.size()) {
      List<String> noted = new ArrayList<>(lines);
      noted.add(
          colour.faint(
              INDENT
                  + "  (%s not shown here; --wide shows them)"
                      .formatted(Numbers.of(wanted.size() - fitting.size(), "column"))));
      return noted;
    }
    return lines;
  }

  private List<String> aligned(TableChanges table, List<RowChange> rows, List<Integer> columns) {
    return table(table, rows, columns, colour).lines(INDENT);
  }

  private boolean tooWide(TableChanges table, List<RowChange> rows, List<Integer> columns) {
    if (width == 0) {
      return false;
    }
    return table(table, rows, columns, Colour.OFF).lines(INDENT).stream()
        .anyMatch(line -> Table.displayWidth(line) > width);
  }

  private static Table table(
      TableChanges table, List<RowChange> rows, List<Integer> columns, Colour colour) {
    Table text = new Table(columns.size() + 1);
    List<Table.Cell> names = new ArrayList<>();
    names.add(Table.Cell.of(" "));
    for (int column : columns) {
      String name = ShownText.oneLine(table.columns().get(column).name(), NAME_LIMIT);
      names.add(new Table.Cell(name, colour.faint(name)));
    }
    text.row(names);
    rows.forEach(row -> text.row(cells(row, columns, colour)));
    return text;
  }

  private static List<Table.Cell> cells(RowChange row, List<Integer> columns, Colour colour) {
    List<Table.Cell> cells = new ArrayList<>();
    cells.add(sign(row, colour));
    for (int column : columns) {
      cells.add(
          switch (row.kind()) {
            case INSERT -> cell(value(row.after(), column), colour::added);
            case DELETE -> cell(value(row.before(), column), colour::removed);
            case UPDATE -> updated(row, column, colour);
          });
    }
    return cells;
  }

  private static Table.Cell sign(RowChange row, Colour colour) {
    String times = row.count() > 1 ? "×" + row.count() : "";
    return switch (row.kind()) {
      case INSERT -> cell("+" + times, colour::added);
      case DELETE -> cell("-" + times, colour::removed);
      case UPDATE -> cell("~" + times, colour::changed);
    };
  }

  private static Table.Cell updated(RowChange row, int column, Colour colour) {
    String before = value(row.before(), column);
    String after = value(row.after(), column);
    if (!changed(row, column)) {
      return Table.Cell.of(after);
    }
    return new Table.Cell(
        before + " → " + after, colour.removed(before) + " → " + colour.added(after));
  }

  private static Table.Cell cell(String text, UnaryOperator<String> paint) {
    return new Table.Cell(text, paint.apply(text));
  }

  private static String value(@Nullable List<@Nullable String> image, int column) {
    // A column that only one side has is shown where it is.
    return image == null || column >= image.size()
        ? ""
        : CellText.of(image.get(column), CELL_LIMIT);
  }

  private static boolean changed(RowChange row, int column) {
    List<@Nullable String> before = row.before();
    List<@Nullable String> after = row.after();
    return before != null
        && after != null
        && column < before.size()
        && column < after.size()
        && !Objects.equals(before.get(column), after.get(column));
  }

  private static List<Integer> columnsOf(TableChanges table, List<RowChange> rows) {
    List<ColumnShape> columns = table.columns();
    Set<Integer> wanted = new TreeSet<>(table.keyColumns());
    for (RowChange row : rows) {
      for (int column = 0; column < columns.size(); column++) {
        if (row.kind() != RowChange.Kind.UPDATE || changed(row, column)) {
          wanted.add(column);
        }
      }
    }
    return List.copyOf(wanted);
  }

  /** Drops the last column that no update changed and no key needs; else the last one. */
  private static List<Integer> withoutLeastImportant(
      TableChanges table, List<RowChange> rows, List<Integer> columns) {
    int least =
        columns.stream()
            .max(
                Comparator.comparing(
                        (Integer column) ->
                            !table.keyColumns().contains(column)
                                && rows.stream().noneMatch(row -> changed(row, column)))
                    .thenComparing(column -> !table.keyColumns().contains(column))
                    .thenComparing(Comparator.naturalOrder()))
            .orElseThrow();
    return columns.stream().filter(column -> column != least).toList();
  }
}
