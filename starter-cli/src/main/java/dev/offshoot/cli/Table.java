package dev.offshoot.cli;

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
      return displayWidth(text);
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

  /** Columns that a terminal uses: East Asian wide characters take two, combining marks none. */
  static int displayWidth(String text) {
    return text.codePoints().map(Table::columnsOf).sum();
  }

  private static int columnsOf(int c) {
    if (c < 0x300) {
      return 1;
    }
    int type = Character.getType(c);
    if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK) {
      return 0;
    }
    return isWide(c) ? 2 : 1;
  }

  private static boolean isWide(int c) {
    return (c >= 0x1100 && c <= 0x115f)
        || (c >= 0x2e80 && c <= 0xa4cf)
        || (c >= 0xac00 && c <= 0xd7a3)
        || (c >= 0xf900 && c <= 0xfaff)
        || (c >= 0xfe30 && c <= 0xfe6f)
        || (c >= 0xff00 && c <= 0xff60)
        || (c >= 0xffe0 && c <= 0xffe6)
        || (c >= 0x1f300 && c <= 0x1faff)
        || (c >= 0x20000 && c <= 0x3fffd);
  }
}
