package dev.offshoot.ledger;

import dev.offshoot.domain.ColumnShape;
import dev.offshoot.domain.TableName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A table of a change set. Values of its rows follow {@code columns}.
 *
 * @param table its name once the schema script has run
 * @param baseName its name at the branch point; absent for a new table
 * @param columns its writable columns (no generated ones), in order
 * @param keyColumns indexes into {@code columns}; empty for a table without a key
 * @param rowsInBase rows at the branch point, of a large table as the server estimates them; 0 for
 *     a new table
 */
public record ChangedTable(
    TableName table,
    @Nullable TableName baseName,
    List<ColumnShape> columns,
    List<Integer> keyColumns,
    long rowsInBase) {

  /** The same with more said about the columns. */
  public ChangedTable withColumns(List<ColumnShape> shapes) {
    return new ChangedTable(table, baseName, shapes, keyColumns, rowsInBase);
  }

  public boolean isNew() {
    return baseName == null;
  }
}
