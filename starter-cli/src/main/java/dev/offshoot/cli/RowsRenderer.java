package dev.offshoot.cli;

import dev.offshoot.domain.ColumnShape;
import dev.offshoot.domain.Delta;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.TableChanges;
import dev.offshoot.text.DisplayWidth;
import dev.offshoot.text.Embedding;
import dev.offshoot.text.ShownValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Changed rows of one table, cell by cell: of an update the key and the cells that changed, of rows
 * that came or went all. In aligned columns where the terminal is wide enough; else each cell on a
 * line of its own, so that no change is ever left out.
 */
final class RowsRenderer {
  private static final int CELL_LIMIT = 40;
  private static final int NAME_LIMIT = 40;

  /** The least room for a value, however narrow the terminal is. */
  private static final int LEAST_ROOM = 12;

  /** What {@code …(5000 characters)} takes. */
  private static final int NOTE = 24;

  private static final String INDENT = "  ";
  private static final String CELL_INDENT = "      ";
  private static final String ARROW = " → ";

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
    List<Integer> columns = columnsOf(table, rows);
    return fits(aligned(table, rows, columns, Colour.OFF))
        ? aligned(table, rows, columns, colour)
        : rows.stream().flatMap(row -> cellByCell(table, row).stream()).toList();
  }

  private boolean fits(List<String> lines) {
    return width == 0 || lines.stream().allMatch(line -> DisplayWidth.of(line) <= width);
  }

  // --- aligned ------------------------------------------------------------------------------

  private static List<String> aligned(
      TableChanges table, List<RowChange> rows, List<Integer> columns, Colour colour) {
    Table text = new Table(columns.size() + 1);
    List<Table.Cell> names = new ArrayList<>();
    names.add(Table.Cell.of(" "));
    for (int column : columns) {
      names.add(cell(name(table, column), colour::faint));
    }
    text.row(names);
    rows.forEach(row -> text.row(cells(table, row, columns, colour)));
    return text.lines(INDENT);
  }

  private static List<Table.Cell> cells(
      TableChanges table, RowChange row, List<Integer> columns, Colour colour) {
    List<Table.Cell> cells = new ArrayList<>();
    cells.add(cell(sign(row), paint(row, colour)));
    for (int column : columns) {
      cells.add(
          switch (row.kind()) {
            case INSERT -> cell(value(table, row.after(), column), colour::added);
            case DELETE -> cell(value(table, row.before(), column), colour::removed);
            case UPDATE -> updated(table, row, column, colour);
          });
    }
    return cells;
  }

  private static Table.Cell updated(TableChanges table, RowChange row, int column, Colour colour) {
    if (changed(row, column)) {
      ShownValue.Change change = change(table, row, column, CELL_LIMIT);
      String added = added(table, row, column);
      return new Table.Cell(
          change.before() + ARROW + change.after() + added,
          colour.removed(change.before()) + ARROW + colour.added(change.after()) + added);
    }
    // Blank is what did not change; an empty value shows as "".
    return Table.Cell.of(
        table.keyColumns().contains(column) ? value(table, row.after(), column) : "");
  }

  private static Table.Cell cell(String text, UnaryOperator<String> paint) {
    return new Table.Cell(text, paint.apply(text));
  }

  // --- cell by cell -------------------------------------------------------------------------

  private List<String> cellByCell(TableChanges table, RowChange row) {
    List<String> lines = new ArrayList<>();
    List<Integer> columns = columnsOf(table, List.of(row));
    int names =
        columns.stream().mapToInt(column -> DisplayWidth.of(name(table, column))).max().orElse(0);
    int room = Math.max(LEAST_ROOM, width - CELL_INDENT.length() - names - 2);
    lines.add(INDENT + paint(row, colour).apply(sign(row)) + key(table, row, room));
    for (int column : columns) {
      if (table.keyColumns().contains(column)) {
        continue;
      }
      String name = name(table, column);
      String start =
          CELL_INDENT + colour.faint(name) + " ".repeat(names - DisplayWidth.of(name) + 2);
      if (changed(row, column)) {
        changedCell(
            table, row, column, room, start, " ".repeat(CELL_INDENT.length() + names + 2), lines);
        int last = lines.size() - 1;
        lines.set(last, lines.get(last) + added(table, row, column));
      } else {
        List<@Nullable String> image = row.after() == null ? row.before() : row.after();
        lines.add(start + paint(row, colour).apply(fitting(table, image, column, room)));
      }
    }
    return lines;
  }

  private String key(TableChanges table, RowChange row, int room) {
    List<@Nullable String> image = row.before() == null ? row.after() : row.before();
    StringBuilder key = new StringBuilder();
    for (int column : table.keyColumns()) {
      key.append("  ")
          .append(colour.faint(name(table, column)))
          .append(' ')
          .append(fitting(table, image, column, room));
    }
    return key.toString();
  }

  /** On one line if it fits, else old over new. */
  private void changedCell(
      TableChanges table,
      RowChange row,
      int column,
      int room,
      String start,
      String below,
      List<String> lines) {
    ShownValue.Change whole = change(table, row, column, Integer.MAX_VALUE);
    if (DisplayWidth.of(whole.before() + ARROW + whole.after()) <= room) {
      lines.add(start + colour.removed(whole.before()) + ARROW + colour.added(whole.after()));
      return;
    }
    int limit = room - 2;
    ShownValue.Change cut = whole;
    while (limit > LEAST_ROOM
        && Math.max(DisplayWidth.of(cut.before()), DisplayWidth.of(cut.after())) > room - 2) {
      limit = limit == room - 2 ? Math.max(LEAST_ROOM, limit - NOTE) : limit - limit / 4;
      cut = change(table, row, column, limit);
    }
    lines.add(start + colour.removed("- " + cut.before()));
    lines.add(below + colour.added("+ " + cut.after()));
  }

  private static String fitting(
      TableChanges table, @Nullable List<@Nullable String> image, int column, int room) {
    if (image == null || column >= image.size()) {
      return "";
    }
    Optional<String> embedding = Embedding.of(type(table, column), image.get(column));
    if (embedding.isPresent()) {
      return embedding.get();
    }
    String shown = ShownValue.of(image.get(column), Integer.MAX_VALUE);
    int limit = room;
    while (limit > LEAST_ROOM && DisplayWidth.of(shown) > room) {
      limit = limit == room ? Math.max(LEAST_ROOM, limit - NOTE) : limit - limit / 4;
      shown = ShownValue.of(image.get(column), limit);
    }
    return shown;
  }

  // --- both ---------------------------------------------------------------------------------

  private static String name(TableChanges table, int column) {
    return ShownText.oneLine(table.columns().get(column).name(), NAME_LIMIT);
  }

  private static String sign(RowChange row) {
    String times = row.count() > 1 ? "×" + row.count() : "";
    return switch (row.kind()) {
      case INSERT -> "+" + times;
      case DELETE -> "-" + times;
      case UPDATE -> "~" + times;
    };
  }

  private static UnaryOperator<String> paint(RowChange row, Colour colour) {
    return switch (row.kind()) {
      case INSERT -> colour::added;
      case DELETE -> colour::removed;
      case UPDATE -> colour::changed;
    };
  }

  private static String type(TableChanges table, int column) {
    return table.columns().get(column).type();
  }

  private static String value(
      TableChanges table, @Nullable List<@Nullable String> image, int column) {
    // A column that only one side has is shown where it is.
    return image == null || column >= image.size()
        ? ""
        : Embedding.of(type(table, column), image.get(column))
            .orElseGet(() -> ShownValue.of(image.get(column), CELL_LIMIT));
  }

  private static ShownValue.Change change(
      TableChanges table, RowChange row, int column, int limit) {
    String before = Objects.requireNonNull(row.before()).get(column);
    String after = Objects.requireNonNull(row.after()).get(column);
    return Embedding.change(type(table, column), before, after)
        .orElseGet(() -> ShownValue.change(before, after, limit));
  }

  /** What an update adds to a counter, which is what the merge does: {@code (+5)}; else nothing. */
  private static String added(TableChanges table, RowChange row, int column) {
    return table.columns().get(column).delta()
        ? Delta.between(
                Objects.requireNonNull(row.before()).get(column),
                Objects.requireNonNull(row.after()).get(column))
            .map(difference -> " (%s)".formatted(difference))
            .orElse("")
        : "";
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
}
