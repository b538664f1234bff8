package dev.offshoot.diff;

import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.SqlStatement;
import dev.offshoot.domain.TableName;
import dev.offshoot.sql.FilledColumn;
import dev.offshoot.sql.Identifiers;
import dev.offshoot.sql.Sql;
import dev.offshoot.sql.TableCatalog;
import dev.offshoot.sql.TableCatalog.Column;
import dev.offshoot.sql.TableCatalog.Table;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds the tables whose rows may differ, and for each its counterpart in the rehearsed base:
 * tables that stood at the branch point by object id, which a rename leaves alone, new ones by
 * name. Partitions are compared through their root, wherever they were attached or detached.
 */
final class Pairing {
  private static final String FOREIGN_PARTITION =
      """
      SELECT EXISTS (
        SELECT FROM pg_catalog.pg_partition_tree(?::pg_catalog.regclass) p
        JOIN pg_catalog.pg_class c ON c.oid = p.relid WHERE c.relkind = 'f')
      """;

  private final Connection branchSession;
  private final TableCatalog original;
  private final TableCatalog base;
  private final TableCatalog branch;
  private final NewColumns newColumns;
  private final List<SqlStatement> waiting;
  private final Set<Long> differing = new HashSet<>();

  /**
   * @param original the base's tables at the branch point
   * @param waiting statements that could not yet be replayed on the base
   */
  Pairing(
      Connection baseSession,
      Connection branchSession,
      TableCatalog original,
      List<SqlStatement> waiting)
      throws SQLException {
    this.branchSession = branchSession;
    this.original = original;
    this.base = TableCatalog.read(baseSession);
    this.branch = TableCatalog.read(branchSession);
    this.newColumns = NewColumns.find(baseSession, branchSession, original, base, branch, false);
    this.waiting = waiting;
  }

  /** The tables to compare, in the order of their names. */
  List<TablePair> pairs(List<Long> touched) throws SQLException {
    Set<Long> candidates = new TreeSet<>(touched);
    for (Table table : branch.tables().values()) {
      if (mayDiffer(table)) {
        differing.add(table.oid());
      }
    }
    candidates.addAll(differing);
    Set<Long> roots = new HashSet<>();
    for (long oid : candidates) {
      original.table(oid).ifPresent(table -> addRoot(root(table), roots));
      addRoot(oid, roots);
    }
    List<TablePair> pairs = new ArrayList<>();
    for (long root : roots) {
      pairs.add(pair(branch.tables().get(root)));
    }
    pairs.sort(Comparator.comparing(TablePair::name));
    return List.copyOf(pairs);
  }

  /** Tables of the branch point whose storage the replay has replaced, by their new names. */
  List<TableName> rewritten() {
    return base.tables().values().stream()
        .filter(newColumns::isRewritten)
        .map(Table::name)
        .sorted()
        .toList();
  }

  /** Columns that the replay has added with one value for all rows that stood. */
  List<FilledColumn> filled() {
    return newColumns.filled();
  }

  /** The branch's tables. */
  TableCatalog branchTables() {
    return branch;
  }

  /** What the catalogs say by themselves, whatever was reported. */
  private boolean mayDiffer(Table table) throws SQLException {
    @Nullable Table old = original.tables().get(table.oid());
    if (old == null) {
      return !table.partitioned() && hasRows(table);
    }
    return old.fileNode() != table.fileNode()
        || newColumns.isRewritten(table)
        || newColumns.anyComputed(table)
        || table.columns().stream()
            .anyMatch(
                column -> newColumns.isNew(table, column) && newColumns.differs(table, column));
  }

  private boolean hasRows(Table table) throws SQLException {
    return Sql.only(
        branchSession,
        "SELECT EXISTS (SELECT FROM ONLY %s)".formatted(Identifiers.quote(table.name())),
        row -> row.getBoolean(1));
  }

  private static long root(Table table) {
    return table.partitionRoot() == null ? table.oid() : table.partitionRoot();
  }

  private void addRoot(long oid, Set<Long> roots) {
    branch.table(oid).ifPresent(table -> roots.add(root(table)));
  }

  private TablePair pair(@Nullable Table table) throws SQLException {
    if (table == null) {
      throw new IllegalStateException("a root that is no table");
    }
    boolean stood = original.tables().containsKey(table.oid());
    Table counterpart =
        (stood ? base.table(table.oid()) : base.table(table.name()))
            .filter(found -> found.name().equals(table.name()))
            .filter(found -> stood || !original.tables().containsKey(found.oid()))
            .orElseThrow(() -> cannotMatch(table));
    List<Column> columns = table.writableColumns();
    if (!shape(columns).equals(shape(counterpart.writableColumns()))
        || counterpart.partitioned() != table.partitioned()) {
      throw cannotMatch(table);
    }
    if (table.partitioned()) {
      refuseForeignPartitions(table);
      refuseOldRowsInNewTable(table, stood);
    }
    @Nullable Table old = original.tables().get(table.oid());
    return new TablePair(
        counterpart,
        table,
        old == null ? null : old.name(),
        columns,
        key(counterpart, table, columns),
        newColumns.chosenByServer(counterpart, table, columns),
        newColumns.anyComputed(table),
        branch.tables().values().stream()
            .anyMatch(part -> root(part) == table.oid() && differing.contains(part.oid())));
  }

  /** Without statements that wait, the schemas were found equal before. */
  private OffshootException cannotMatch(Table table) {
    if (waiting.isEmpty()) {
      throw new IllegalStateException("tables of equal schemas have equal shapes");
    }
    return NotCarried.because(
        "table %s: its new rows need statement %d, which itself needs the new rows; split it so that columns and tables come first and constraints last"
            .formatted(NotCarried.show(table.name()), waiting.get(0).index() + 1));
  }

  private void refuseForeignPartitions(Table table) throws SQLException {
    boolean foreign =
        Sql.only(
            branchSession,
            FOREIGN_PARTITION,
            row -> row.getBoolean(1),
            Identifiers.quote(table.name()));
    if (foreign) {
      throw NotCarried.because(
          "table %s has partitions on another server, whose rows no branch has; leave it out of the experiment"
              .formatted(NotCarried.show(table.name())));
    }
  }

  /** A merge begins new tables empty, which must not reach rows that stand on the parent. */
  private void refuseOldRowsInNewTable(Table table, boolean stood) {
    boolean hasOldPartition =
        branch.tables().values().stream()
            .anyMatch(
                partition ->
                    Long.valueOf(table.oid()).equals(partition.partitionRoot())
                        && original.tables().containsKey(partition.oid()));
    if (!stood && hasOldPartition) {
      throw NotCarried.because(
          "table %s is new and takes in the rows of a table that stood before; do that in an experiment that changes no rows"
              .formatted(NotCarried.show(table.name())));
    }
  }

  private static List<String> shape(List<Column> columns) {
    return columns.stream().map(column -> column.name() + " " + column.type()).toList();
  }

  /** The key that both have, as indexes into {@code columns}; none if they have not the same. */
  private static List<Integer> key(Table counterpart, Table table, List<Column> columns) {
    List<String> names = columns.stream().map(Column::name).toList();
    List<Integer> key = keyNames(table).stream().map(names::indexOf).toList();
    return keyNames(counterpart).equals(keyNames(table)) && !key.contains(-1) ? key : List.of();
  }

  private static List<String> keyNames(Table table) {
    return table.key().stream()
        .flatMap(number -> table.column(number).stream())
        .map(Column::name)
        .toList();
  }
}
