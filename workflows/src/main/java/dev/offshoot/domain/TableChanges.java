package dev.offshoot.domain;

import java.util.List;

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
 * @param rowsInBase rows that the table had at the branch point, counted; 0 for a new table
 * @param sample first changed rows, values elided when long; the rest is in the ledger
 */
public record TableChanges(
    TableName table,
    List<ColumnShape> columns,
    List<Integer> keyColumns,
    long inserted,
    long updated,
    long deleted,
    long rowsInBase,
    List<RowChange> sample) {

  /** The same with other rows. */
  public TableChanges withRows(
      long newInserted, long newUpdated, long newDeleted, List<RowChange> newSample) {
    return new TableChanges(
        table, columns, keyColumns, newInserted, newUpdated, newDeleted, rowsInBase, newSample);
  }

  public long total() {
    return inserted + updated + deleted;
  }
}
