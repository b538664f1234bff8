package dev.offshoot.merge;

import dev.offshoot.domain.RowChange;
import java.sql.SQLException;
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

  /** Drops all that was staged of tables, so that nothing hangs on the types of their columns. */
  static void forget(ParentSession session, List<StagedTable> tables) throws SQLException {
    for (StagedTable staged : tables) {
      TableMerge table = staged.table();
      session.execute(
          "DROP TABLE IF EXISTS "
              + String.join(
                  ", ", table.changes(), table.standing(), table.outcomes(), table.takers()));
    }
  }

  boolean isAt(ForeignKey.End end) {
    return table.target().oid() == end.table();
  }
}
