package dev.offshoot.diff;

import dev.offshoot.domain.ColumnShape;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.TableName;
import dev.offshoot.ledger.ChangedTable;
import dev.offshoot.sql.Identifiers;
import dev.offshoot.sql.TableCatalog.Column;
import dev.offshoot.sql.TableCatalog.Table;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A table of the rehearsed base and the same table of the branch, which have the same shape.
 *
 * @param base in the rehearsed base
 * @param branch in the branch
 * @param baseName its name at the branch point; absent for a new table
 * @param columns its writable columns
 * @param key indexes into {@code columns}; empty for a table without a key
 * @param chosenByServer indexes of new columns whose values in existing rows the server chose when
 *     the column was added (random, time of day), so that they are others each time it is done
 * @param computed whether a new column got computed values, which count as changed in every row:
 *     another time they may be others
 * @param differsUnwritten whether its rows, or its partitions', may differ though no statement
 *     wrote them
 */
record TablePair(
    Table base,
    Table branch,
    @Nullable TableName baseName,
    List<Column> columns,
    List<Integer> key,
    Set<Integer> chosenByServer,
    boolean computed,
    boolean differsUnwritten) {

  TableName name() {
    return branch.name();
  }

  boolean hasKey() {
    return !key.isEmpty();
  }

  /** Whether a row of the base can be told apart from others by what it held at that time. */
  boolean rowsAreTellable() {
    return chosenByServer.isEmpty()
        || (hasKey() && key.stream().noneMatch(chosenByServer::contains));
  }

  static OffshootException untellable(TableName table) {
    return NotCarried.because(
        "table %s: a new column got values that the server chose, and its rows cannot be told apart without it; add the column without a default and fill it with UPDATE, or give the table a key first"
            .formatted(NotCarried.show(table)));
  }

  /**
   * Whether it is enough to know the keys of the rows that statements wrote: the key is the one of
   * the branch point in both, and nothing else gave rows other values.
   */
  boolean canBeComparedByKey() {
    return baseName != null
        && hasKey()
        && base.key().equals(branch.key())
        && chosenByServer.isEmpty()
        && !differsUnwritten;
  }

  /**
   * The table in a FROM clause as {@code t}: with its partitions, without tables that merely
   * inherit.
   */
  String from() {
    return (base.partitioned() ? "" : "ONLY ") + Identifiers.quote(base.name()) + " AS t";
  }

  /** Its writable columns in a SELECT list. */
  String selected() {
    return columns.stream()
        .map(column -> "t." + Identifiers.quote(column.name()))
        .collect(Collectors.joining(", "));
  }

  ChangedTable described(long rowsInBase) {
    return new ChangedTable(name(), baseName, shapes(), key, rowsInBase);
  }

  /** Its columns as people see them. */
  List<ColumnShape> shapes() {
    return columns.stream().map(column -> new ColumnShape(column.name(), column.type())).toList();
  }

  List<Column> keyColumns() {
    return key.stream().map(columns::get).toList();
  }

  /** Indexes of all columns. */
  List<Integer> everyColumn() {
    return IntStream.range(0, columns.size()).boxed().toList();
  }
}
