package dev.offshoot.domain;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What changed in one table.
 *
 * @param table its name in the branch
 * @param columns its writable columns, in order; the values of {@link RowChange} follow them
 * @param keyColumns indexes into {@code columns} of the key; empty for a table without one, whose
 *     rows are a multiset
 * @param inserted rows
 * @param updated rows
 * @param deleted rows
 * @param rowsInBase rows that the table had at the branch point: counted, or as the server
 *     estimates them where a few rows of a large table changed; 0 for a new table
 * @param sample first changed rows, values elided when long; the rest is in the ledger
 * @param updatesByColumn for each of {@code columns}, updated rows in which its value changed;
 *     empty if that is not told
 */
public record TableChanges(
    TableName table,
    List<ColumnShape> columns,
    List<Integer> keyColumns,
    long inserted,
    long updated,
    long deleted,
    long rowsInBase,
    List<RowChange> sample,
    List<Long> updatesByColumn) {

  public TableChanges(
      TableName table,
      List<ColumnShape> columns,
      List<Integer> keyColumns,
      long inserted,
      long updated,
      long deleted,
      long rowsInBase,
      List<RowChange> sample,
      @Nullable List<Long> updatesByColumn) {
    this.table = table;
    this.columns = columns;
    this.keyColumns = keyColumns;
    this.inserted = inserted;
    this.updated = updated;
    this.deleted = deleted;
    this.rowsInBase = rowsInBase;
    this.sample = sample;
    this.updatesByColumn = updatesByColumn == null ? List.of() : List.copyOf(updatesByColumn);
  }

  /** Without telling which columns were updated. */
  public TableChanges(
      TableName table,
      List<ColumnShape> columns,
      List<Integer> keyColumns,
      long inserted,
      long updated,
      long deleted,
      long rowsInBase,
      List<RowChange> sample) {
    this(table, columns, keyColumns, inserted, updated, deleted, rowsInBase, sample, null);
  }

  /** The same with other rows. */
  public TableChanges withRows(
      long newInserted,
      long newUpdated,
      long newDeleted,
      List<RowChange> newSample,
      List<Long> newUpdatesByColumn) {
    return new TableChanges(
        table,
        columns,
        keyColumns,
        newInserted,
        newUpdated,
        newDeleted,
        rowsInBase,
        newSample,
        newUpdatesByColumn);
  }

  public long total() {
    return inserted + updated + deleted;
  }
}
