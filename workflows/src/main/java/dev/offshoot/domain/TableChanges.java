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
 * @param rowsInBase rows that the table had at the branch point: counted, or as the server
 *     estimates them where a few rows of a large table changed; 0 for a new table
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

  public long total() {
    return inserted + updated + deleted;
  }
}
