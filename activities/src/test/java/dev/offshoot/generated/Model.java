package dev.offshoot.generated;

import java.util.ArrayList;
import java.util.List;

/**
 * What a case's tables are believed to look like while its statements are made up. It may be wrong:
 * a statement that the server refuses is left out of the case.
 */
final class Model {
  /**
   * @param name quoted
   * @param written whether rows are written with it: not generated, not numbered by the server
   */
  record Column(String name, String type, boolean notNull, boolean written) {}

  static final class Table {
    String name;
    final List<Column> columns = new ArrayList<>();
    final List<String> key = new ArrayList<>();
    final List<String> partitions = new ArrayList<>();
    String partitionedBy = "";

    Table(String name) {
      this.name = name;
    }

    List<Column> written() {
      return columns.stream().filter(Column::written).toList();
    }

    /** One that is gone is believed to be a text. */
    Column column(String column) {
      return columns.stream()
          .filter(c -> c.name().equals(column))
          .findFirst()
          .orElse(new Column(column, "text", true, true));
    }

    Table copy() {
      Table copy = new Table(name);
      copy.columns.addAll(columns);
      copy.key.addAll(key);
      copy.partitions.addAll(partitions);
      copy.partitionedBy = partitionedBy;
      return copy;
    }
  }

  final List<Table> tables = new ArrayList<>();
  final List<String> sequences = new ArrayList<>();
  int number;

  Model copy() {
    Model copy = new Model();
    tables.forEach(table -> copy.tables.add(table.copy()));
    copy.sequences.addAll(sequences);
    copy.number = number;
    return copy;
  }

  /** A name that nothing has yet, of one of the kinds that go wrong. */
  String fresh(Dice dice, String stem) {
    number++;
    return dice.oneOf(
        stem + number,
        stem + number,
        "\"" + stem + " " + number + "\"",
        "\"" + stem.toUpperCase(java.util.Locale.ROOT) + number + "\"",
        "\"" + stem + "é\"\"→" + number + "\"");
  }
}
