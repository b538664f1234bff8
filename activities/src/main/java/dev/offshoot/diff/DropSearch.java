package dev.offshoot.diff;

import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.TableName;
import dev.offshoot.sql.ConstantDefault;
import dev.offshoot.sql.DroppedContents;
import dev.offshoot.sql.DroppedContents.Figures;
import dev.offshoot.sql.Identifiers;
import dev.offshoot.sql.Sql;
import dev.offshoot.sql.SqlErrors;
import dev.offshoot.sql.TableCatalog;
import dev.offshoot.sql.TableCatalog.Column;
import dev.offshoot.sql.TableCatalog.Table;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an experiment drops with everything in it, converts to another type or rewrites, found by
 * object ids whatever statement did it, and what the base holds there. A tree of partitions counts
 * as one table if all of it goes, else each partition for itself. Generated columns hold nothing of
 * their own, and what is stored as before is not converted.
 *
 * <p>A rewritten table counts with the columns that keep their types: a conversion there and back,
 * or one by a computation, changes rows as no catalog tells.
 */
public final class DropSearch {
  private static final String FOREIGN_PARTITION =
      """
      SELECT EXISTS (
        SELECT FROM pg_partition_tree(?::oid::regclass) p
        JOIN pg_class c ON c.oid = p.relid WHERE c.relkind = 'f')
      """;

  private final Connection base;
  private final TableCatalog original;
  private final TableCatalog branch;
  private final Progress progress;
  private final List<DroppedContents> found = new ArrayList<>();

  private DropSearch(
      Connection base, TableCatalog original, TableCatalog branch, Progress progress) {
    this.base = base;
    this.original = original;
    this.branch = branch;
    this.progress = progress;
  }

  /**
   * Reads what goes, by name of table and column.
   *
   * @param base a session in a transaction, set for reading, in which nothing was replayed yet
   * @param original the base's tables
   * @param branch the branch's tables
   * @throws OffshootException {@code NOT_CARRIED} if row security hides some
   */
  public static List<DroppedContents> run(
      Connection base, TableCatalog original, TableCatalog branch, Progress progress)
      throws SQLException {
    DropSearch search = new DropSearch(base, original, branch, progress);
    for (Map.Entry<Table, List<Table>> tree : search.trees().entrySet()) {
      search.tables(tree.getKey(), tree.getValue());
      search.columns(tree.getKey(), tree.getValue());
      search.rewritten(tree.getKey(), tree.getValue());
    }
    search.found.sort(
        Comparator.comparing(DroppedContents::table)
            .thenComparing(each -> each.column() == null ? "" : each.column()));
    return List.copyOf(search.found);
  }

  /**
   * Tables that are no partitions, each with what has rows of its own: its partitions or itself.
   */
  private Map<Table, List<Table>> trees() {
    Map<Long, List<Table>> leaves = new LinkedHashMap<>();
    for (Table table : original.tables().values()) {
      long root = table.partitionRoot() == null ? table.oid() : table.partitionRoot();
      List<Table> ofRoot = leaves.computeIfAbsent(root, oid -> new ArrayList<>());
      if (!table.partitioned()) {
        ofRoot.add(table);
      }
    }
    Map<Table, List<Table>> trees = new LinkedHashMap<>();
    leaves.forEach(
        (root, ofRoot) -> original.table(root).ifPresent(table -> trees.put(table, ofRoot)));
    return trees;
  }

  private void tables(Table root, List<Table> leaves) throws SQLException {
    List<Table> gone = leaves.stream().filter(leaf -> !stands(leaf)).toList();
    for (Table table : asOne(root, !stands(root), leaves, gone)) {
      ask(
          table,
          DroppedContents.ofTable(
              table.name(), table.writableColumns().stream().map(Column::name).toList()));
    }
  }

  private void columns(Table root, List<Table> leaves) throws SQLException {
    for (Column column : root.writableColumns()) {
      List<Table> gone =
          leaves.stream().filter(leaf -> stands(leaf) && isGone(leaf, column)).toList();
      for (Table table : asOne(root, stands(root) && isGone(root, column), leaves, gone)) {
        ask(table, ofColumn(table, column));
      }
      List<Table> converted =
          leaves.stream().filter(leaf -> isRetyped(leaf, column) && isRewritten(leaf)).toList();
      for (Table table : asOne(root, isRetyped(root, column), leaves, converted)) {
        ask(table, ofColumn(table, column).beingConverted());
      }
    }
  }

  private void rewritten(Table root, List<Table> leaves) throws SQLException {
    List<Table> rewritten = leaves.stream().filter(this::isRewritten).toList();
    for (Table table : asOne(root, stands(root), leaves, rewritten)) {
      List<String> kept =
          table.writableColumns().stream()
              .filter(column -> !isGone(table, column) && !isRetyped(table, column))
              .map(Column::name)
              .toList();
      ask(table, DroppedContents.ofRewritten(table.name(), kept));
    }
  }

  private DroppedContents ofColumn(Table table, Column column) throws SQLException {
    int number = named(table, column).map(Column::number).orElseThrow();
    List<String> key =
        table.key().stream().flatMap(n -> table.column(n).stream()).map(Column::name).toList();
    return DroppedContents.ofColumn(
        table.name(),
        column.name(),
        key,
        ConstantDefault.of(base, table.oid(), number, column.type()).orElse(null));
  }

  private List<Table> asOne(Table root, boolean goneFromRoot, List<Table> leaves, List<Table> gone)
      throws SQLException {
    boolean wholly = goneFromRoot && !gone.isEmpty() && gone.size() == leaves.size();
    return wholly && !reachesOutside(root) ? List.of(root) : gone;
  }

  /** Partitions on another server cannot be read, and what is in them does not go. */
  private boolean reachesOutside(Table root) throws SQLException {
    return root.partitioned()
        && Sql.only(base, FOREIGN_PARTITION, row -> row.getBoolean(1), root.oid());
  }

  private boolean stands(Table table) {
    return branch.tables().containsKey(table.oid());
  }

  /** Partitions number their columns in their own way. */
  private boolean isGone(Table table, Column column) {
    Optional<Column> own = named(table, column);
    return own.isPresent()
        && branch.table(table.oid()).flatMap(is -> is.column(own.get().number())).isEmpty();
  }

  private boolean isRetyped(Table table, Column column) {
    Optional<Column> own = named(table, column);
    return own.isPresent()
        && branch
            .table(table.oid())
            .flatMap(is -> is.column(own.get().number()))
            .filter(is -> !is.type().equals(own.get().type()))
            .isPresent();
  }

  private boolean isRewritten(Table table) {
    return branch.table(table.oid()).filter(is -> is.fileNode() != table.fileNode()).isPresent();
  }

  private static Optional<Column> named(Table table, Column column) {
    return table.columns().stream().filter(own -> own.name().equals(column.name())).findFirst();
  }

  private void ask(Table table, DroppedContents contents) throws SQLException {
    progress.report("reading what goes or is rewritten in " + table.name());
    found.add(contents.holding(ask(base, contents, rows(table), progress)));
  }

  /** The table in a FROM clause. */
  static String rows(Table table) {
    return (table.partitioned() ? "" : "ONLY ") + Identifiers.quote(table.name());
  }

  /**
   * Asks for figures.
   *
   * @param rows where they stand, as FROM names it
   * @throws OffshootException {@code NOT_CARRIED} if row security hides some
   */
  static Figures ask(Connection base, DroppedContents contents, String rows, Progress progress)
      throws SQLException {
    try (PreparedStatement question = base.prepareStatement(contents.question(rows))) {
      if (contents.usual() != null) {
        question.setString(1, contents.usual());
      }
      Progress.Interruptible running = progress.interruptible(question);
      try (ResultSet row = question.executeQuery()) {
        row.next();
        return DroppedContents.FOUND.read(row);
      } finally {
        running.close();
      }
    } catch (SQLException e) {
      if (SqlErrors.state(e).equals("42501")) {
        throw hidden(contents.table());
      }
      throw e;
    }
  }

  private static OffshootException hidden(TableName table) {
    return NotCarried.because(
        "table %s: row security is forced on it or it is not the parent's own, so nobody can tell what a drop would lose there; leave it in place"
            .formatted(NotCarried.show(table)));
  }
}
