package dev.offshoot.domain;

import org.jspecify.annotations.Nullable;

/**
 * What goes with a dropped table or column: as it stood at the branch point.
 *
 * @param table its name at the branch point
 * @param column the column that goes; absent if the whole table does
 * @param rows rows of the table, or rows that hold something in the column
 */
public record DroppedRows(TableName table, @Nullable String column, long rows) {
  @Override
  public String toString() {
    return column == null ? table.toString() : table + "." + column;
  }
}
