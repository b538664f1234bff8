package dev.offshoot.cli;

import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.SchemaChange;
import dev.offshoot.domain.SequenceAdvance;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.TableChanges;
import dev.offshoot.domain.TableName;
import dev.offshoot.text.DiffLine;
import dev.offshoot.text.DisplayWidth;
import dev.offshoot.text.SchemaOutline;
import dev.offshoot.text.SqlLiteral;
import java.util.ArrayList;
import java.util.List;

/**
 * The change set as people read it: {@code +} came, {@code ~} changed, {@code -} went. Pure; every
 * value is made safe to show.
 */
final class DiffRenderer {
  private static final int NAME_LIMIT = 120;

  private final Colour colour;
  private final int columns;
  private final RowsRenderer rows;

  /**
   * @param columns width to fit into; 0 for no limit
   */
  DiffRenderer(Colour colour, int columns) {
    this.colour = colour;
    this.columns = columns;
    this.rows = new RowsRenderer(colour, columns);
  }

  /** Head and schema; tables follow one by one. */
  List<String> head(ChangeSummary changes) {
    List<String> lines = new ArrayList<>();
    lines.add(colour.faint("change set " + changes.digest()));
    if (changes.nothingChanged()) {
      lines.add("nothing changed");
    }
    lines.addAll(schema(changes));
    return lines;
  }

  /** Schema changes, rewritten tables and sequences. */
  List<String> schema(ChangeSummary changes) {
    List<String> lines = new ArrayList<>();
    if (changes.schemaChangeCount() > 0) {
      lines.add(colour.strong("schema") + "  " + Numbers.of(changes.schemaChangeCount(), "change"));
      SchemaOutline.of(changes).forEach(line -> lines.add(painted(line)));
      int more = changes.schemaChangeCount() - changes.schemaChanges().size();
      if (more > 0) {
        lines.add("  … and %d more".formatted(more));
      }
    }
    for (TableName table : changes.rewrittenTables()) {
      lines.add(colour.warning("  ! ") + "rewrites table " + shown(table));
    }
    for (SequenceAdvance sequence : changes.sequences()) {
      lines.add(colour.changed("  ~ ") + moved(sequence));
    }
    return lines;
  }

  private String painted(DiffLine line) {
    String text = "  " + "    ".repeat(line.depth()) + line.sign() + " " + line.text();
    return switch (line.sign()) {
      case '+' -> colour.added(text);
      case '-' -> colour.removed(text);
      case '~' -> colour.changed(text);
      default -> text;
    };
  }

  private static String moved(SequenceAdvance sequence) {
    return "sequence %s  %s → %s"
        .formatted(
            shown(sequence.sequence()),
            Numbers.grouped(sequence.baseValue()),
            Numbers.grouped(sequence.branchValue()));
  }

  /** The line over a table's rows. */
  String title(ChangeSummary changes, TableChanges table) {
    return "%s  %s  %s"
        .formatted(
            colour.strong(shown(table.table())),
            counts(table),
            colour.faint(isNew(changes, table) ? "new table" : "of " + rowsBefore(table)));
  }

  /** One table with the rows that are at hand; says how many are not. */
  List<String> table(ChangeSummary changes, TableChanges table, List<RowChange> shown) {
    List<String> lines = new ArrayList<>();
    lines.add(title(changes, table));
    lines.addAll(rows.lines(table, shown));
    long left = table.total() - shown.stream().mapToLong(RowChange::count).sum();
    if (left > 0) {
      lines.add(
          colour.faint(
              "    … and %s (--table %s has them)"
                  .formatted(Numbers.of(left, "more row"), shown(table.table()))));
    }
    return lines;
  }

  /** Counts only, a line for each table, with what share of it and a picture of the proportions. */
  List<String> stat(ChangeSummary changes) {
    Table table = new Table(6, 1, 2, 3);
    long most = changes.tables().stream().mapToLong(TableChanges::total).max().orElse(0);
    for (TableChanges changed : changes.tables()) {
      table.row(
          List.of(
              Table.Cell.of(shown(changed.table())),
              painted("+" + Numbers.grouped(changed.inserted()), '+'),
              painted("~" + Numbers.grouped(changed.updated()), '~'),
              painted("-" + Numbers.grouped(changed.deleted()), '-'),
              Table.Cell.of(
                  isNew(changes, changed)
                      ? "new table"
                      : "of " + rowsBefore(changed) + share(changed)),
              bar(changed, most)));
    }
    List<String> lines = new ArrayList<>(table.lines(" "));
    if (!fits(lines)) {
      lines = new ArrayList<>(lines.stream().map(DiffRenderer::withoutBar).toList());
    }
    for (SequenceAdvance sequence : changes.sequences()) {
      lines.add(" " + moved(sequence));
    }
    lines.add(
        " %s, %s: +%s ~%s -%s"
            .formatted(
                Numbers.of(changes.schemaChangeCount(), "schema change"),
                Numbers.of(changes.tables().size(), "table"),
                Numbers.grouped(changes.inserted()),
                Numbers.grouped(changes.updated()),
                Numbers.grouped(changes.deleted())));
    return lines;
  }

  private boolean fits(List<String> lines) {
    return columns == 0 || lines.stream().allMatch(line -> DisplayWidth.of(plain(line)) <= columns);
  }

  private static String plain(String line) {
    return line.replaceAll("\u001b\\[[0-9;]*m", "");
  }

  private static String withoutBar(String line) {
    return line.replaceAll("  (\u001b\\[[0-9;]*m|[+~-])+$", "").stripTrailing();
  }

  private static final int BAR = 24;

  /** At least one sign of each kind that there is; the longest bar belongs to the largest table. */
  private Table.Cell bar(TableChanges table, long most) {
    double scale = most <= BAR ? 1 : (double) BAR / most;
    String added = signs('+', table.inserted(), scale);
    String changed = signs('~', table.updated(), scale);
    String removed = signs('-', table.deleted(), scale);
    return new Table.Cell(
        added + changed + removed,
        colour.added(added) + colour.changed(changed) + colour.removed(removed));
  }

  private static String signs(char sign, long number, double scale) {
    return number == 0
        ? ""
        : String.valueOf(sign).repeat((int) Math.max(1, Math.round(number * scale)));
  }

  private static String share(TableChanges table) {
    long touched = table.updated() + table.deleted();
    if (touched == 0 || table.rowsInBase() == 0) {
      return "";
    }
    double percent = 100.0 * touched / table.rowsInBase();
    return percent < 0.1 ? " (<0.1 %)" : " (%s %%)".formatted(Numbers.percent(percent));
  }

  private static boolean isNew(ChangeSummary changes, TableChanges table) {
    String identity = SqlLiteral.name(table.table());
    return table.rowsInBase() == 0
        && changes.schemaChanges().stream()
            .anyMatch(
                change ->
                    change.kind() == SchemaChange.Kind.CREATED
                        && change.objectType().equals("table")
                        && change.identity().equals(identity));
  }

  private static String rowsBefore(TableChanges table) {
    return Numbers.of(table.rowsInBase(), "row");
  }

  private String counts(TableChanges table) {
    return "%s %s %s"
        .formatted(
            colour.added("+" + Numbers.grouped(table.inserted())),
            colour.changed("~" + Numbers.grouped(table.updated())),
            colour.removed("-" + Numbers.grouped(table.deleted())));
  }

  private Table.Cell painted(String text, char sign) {
    return new Table.Cell(
        text,
        switch (sign) {
          case '+' -> colour.added(text);
          case '-' -> colour.removed(text);
          default -> colour.changed(text);
        });
  }

  static String shown(TableName table) {
    return ShownText.oneLine(SqlLiteral.shown(table), NAME_LIMIT);
  }
}
