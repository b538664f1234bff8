package dev.offshoot.cli;

import dev.offshoot.text.DisplayWidth;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Aligns cells in columns; widths are counted before colour is laid on. */
final class Table {
  private static final String GAP = "  ";

  /** Text with the paint that goes over it. */
  record Cell(String text, String painted) {
    static Cell of(String text) {
      return new Cell(text, text);
    }

    int width() {
      return DisplayWidth.of(text);
    }
  }

  private final List<List<Cell>> rows = new ArrayList<>();
  private final boolean[] toTheRight;

  Table(int columns, int... rightAligned) {
    this.toTheRight = new boolean[columns];
    for (int column : rightAligned) {
      toTheRight[column] = true;
    }
  }

  void row(List<Cell> cells) {
    rows.add(List.copyOf(cells));
  }

  void row(String... texts) {
    List<Cell> cells = new ArrayList<>();
    for (String text : texts) {
      cells.add(Cell.of(text));
    }
    rows.add(cells);
  }

  List<String> lines(String indent) {
    int[] widths =
        IntStream.range(0, toTheRight.length)
            .map(column -> rows.stream().mapToInt(row -> row.get(column).width()).max().orElse(0))
            .toArray();
    List<String> lines = new ArrayList<>();
    for (List<Cell> row : rows) {
      StringBuilder line = new StringBuilder(indent);
      for (int column = 0; column < widths.length; column++) {
        Cell cell = row.get(column);
        String padding = " ".repeat(widths[column] - cell.width());
        line.append(column == 0 ? "" : GAP)
            .append(toTheRight[column] ? padding + cell.painted() : cell.painted() + padding);
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }
}
