package dev.offshoot.merge;

import dev.offshoot.domain.RowChange;
import java.util.List;
import java.util.Optional;

/**
 * A table of which it is decided what is to happen with each change.
 *
 * @param staged the table and its changes
 * @param outcomes what is to happen
 */
record PlannedTable(StagedTable staged, Outcomes outcomes) {
  /** Of which every change is to be applied. */
  static PlannedTable wholly(StagedTable staged) {
    return new PlannedTable(
        staged,
        new Outcomes(
            staged.changes().count(RowChange.Kind.INSERT),
            staged.changes().count(RowChange.Kind.UPDATE),
            staged.changes().count(RowChange.Kind.DELETE),
            0,
            0));
  }

  TableMerge table() {
    return staged.table();
  }

  /** How many rows are to be changed in that way. */
  long rows(RowChange.Kind kind) {
    return switch (kind) {
      case INSERT -> outcomes.inserts();
      case UPDATE -> outcomes.updates();
      case DELETE -> outcomes.deletes();
    };
  }

  boolean has(RowChange.Kind kind) {
    return rows(kind) > 0;
  }

  /** Whether updates that are to be applied may change one of those columns. */
  boolean updatesAny(List<String> columns) {
    return has(RowChange.Kind.UPDATE) && staged.updatesAny(columns);
  }

  /** The one of these tables that a foreign key's end is at, or has a partition of. */
  static Optional<PlannedTable> at(ForeignKey.End end, List<PlannedTable> tables) {
    return tables.stream().filter(planned -> planned.staged().isAt(end)).findFirst();
  }
}
