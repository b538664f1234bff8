package dev.offshoot.merge;

import dev.offshoot.merge.ParentTable.Column;
import java.util.function.Function;

/**
 * Where a statement finds a row of the parent.
 *
 * @param table expression for the id of the table that holds it, the partition if there are any
 * @param value expression for a column's value
 */
record RowSource(String table, Function<Column, String> value) {
  /** In the parent's table, called {@code t}. */
  static final RowSource TABLE = new RowSource("t.tableoid", column -> "t." + column.quoted());

  /** Noted as it stands, see {@link StandingRows}; called {@code p}. */
  static final RowSource STANDING = new RowSource("p.tab", column -> "p.c" + column.number());

  String value(Column column) {
    return value.apply(column);
  }
}
