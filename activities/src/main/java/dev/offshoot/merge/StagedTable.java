package dev.offshoot.merge;

import dev.offshoot.domain.RowChange;
import java.util.List;

/**
 * A table whose changes are on the parent but not yet decided.
 *
 * @param table the table
 * @param changes what was staged
 * @param uniqueIndexes its unique indexes besides its key
 */
record StagedTable(TableMerge table, StagedChanges changes, List<UniqueIndex> uniqueIndexes) {
  boolean has(RowChange.Kind kind) {
    return changes.has(kind);
  }

  /** Whether updates may change one of those columns; computed columns follow any update. */
  boolean updatesAny(List<String> columns) {
    return has(RowChange.Kind.UPDATE)
        && (changes.changesAny(columns) || table.reviewed(columns).isEmpty());
  }

  boolean isAt(ForeignKey.End end) {
    return table.target().oid() == end.table();
  }
}
