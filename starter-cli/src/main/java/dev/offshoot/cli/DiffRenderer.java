package dev.offshoot.cli;

import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.SchemaChange;
import dev.offshoot.domain.SequenceAdvance;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.TableChanges;
import dev.offshoot.domain.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The change set as people read it: {@code +} came, {@code ~} changed, {@code -} went. Pure; every
 * value is made safe to show.
 */
final class DiffRenderer {
  private static final int NAME_LIMIT = 120;
  private static final int DEFINITION_LIMIT = 2_000;

  private final Colour colour;
  private final RowsRenderer rows;

  /**
   * @param columns width to fit rows into; 0 for no limit
   */
  DiffRenderer(Colour colour, int columns) {
    this.colour = colour;
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
      changes.schemaChanges().forEach(change -> lines.addAll(schemaChange(change)));
      int more = changes.schemaChangeCount() - changes.schemaChanges().size();
      if (more > 0) {
        lines.add("  … and %d more; --sql has the statements".formatted(more));
      }
    }
    for (TableName table : changes.rewrittenTables()) {
      lines.add(colour.warning("  ! ") + "rewrites table " + shown(table));
    }
    for (SequenceAdvance sequence : changes.sequences()) {
      lines.add(
          colour.changed("  ~ ")
              + "sequence %s %s → %s"
                  .formatted(
                      shown(sequence.sequence()),
                      Numbers.grouped(sequence.baseValue()),
                      Numbers.grouped(sequence.branchValue())));
    }
    return lines;
  }

  private List<String> schemaChange(SchemaChange change) {
    String what = change.objectType() + " " + ShownText.oneLine(change.identity(), NAME_LIMIT);
    return switch (change.kind()) {
      case CREATED -> {
        List<String> lines = new ArrayList<>();
        lines.add(colour.added("  + " + what));
        definition(lines, colour, '+', change.after());
        yield lines;
      }
      case DROPPED -> List.of(colour.removed("  - " + what));
      case ALTERED -> {
        List<String> lines = new ArrayList<>();
        lines.add(colour.changed("  ~ " + what));
        definition(lines, colour, '-', change.before());
        definition(lines, colour, '+', change.after());
        yield lines;
      }
    };
  }

  private static void definition(
      List<String> lines, Colour colour, char sign, @Nullable String definition) {
    if (definition == null || definition.isBlank()) {
      return;
    }
    ShownText.lines(definition, DEFINITION_LIMIT)
        .lines()
        .map(line -> "      " + sign + " " + line)
        .forEach(line -> lines.add(sign == '+' ? colour.added(line) : colour.removed(line)));
  }

  /** One table with the rows that are at hand; says how many are not. */
  List<String> table(TableChanges table, List<RowChange> shown) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s  %s  %s"
            .formatted(
                colour.strong(shown(table.table())),
                counts(table),
                colour.faint("of " + Numbers.of(table.rowsInBase(), "row"))));
    lines.addAll(rows.lines(table, shown));
    long left = table.total() - shown.stream().mapToLong(RowChange::count).sum();
    if (left > 0) {
      lines.add(colour.faint("    … and " + Numbers.of(left, "more row")));
    }
    return lines;
  }

  /** Counts only, a line for each table. */
  List<String> stat(ChangeSummary changes) {
    Table table = new Table(5, 1, 2, 3, 4);
    for (TableChanges changed : changes.tables()) {
      table.row(
          List.of(
              Table.Cell.of(shown(changed.table())),
              painted("+" + Numbers.grouped(changed.inserted()), '+'),
              painted("~" + Numbers.grouped(changed.updated()), '~'),
              painted("-" + Numbers.grouped(changed.deleted()), '-'),
              Table.Cell.of("of " + Numbers.of(changed.rowsInBase(), "row"))));
    }
    List<String> lines = new ArrayList<>(table.lines(" "));
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
    return ShownText.oneLine(Objects.toString(table), NAME_LIMIT);
  }
}
