package dev.offshoot.diff;

import dev.offshoot.domain.ColumnName;
import dev.offshoot.domain.ColumnShape;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.SchemaChange;
import dev.offshoot.domain.SequenceAdvance;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.TableName;
import dev.offshoot.ledger.ChangeSet;
import dev.offshoot.ledger.ChangeSetStore;
import dev.offshoot.ledger.ChangedTable;
import dev.offshoot.ledger.ReplayStatement;
import dev.offshoot.ledger.Undoing;
import dev.offshoot.sql.DroppedContents;
import dev.offshoot.sql.FilledColumn;
import dev.offshoot.sql.SequenceBlock;
import dev.offshoot.sql.TableCatalog;
import dev.offshoot.sql.TableCatalog.Column;
import dev.offshoot.sql.TableCatalog.Table;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The experiment's counters, found in the branch: columns whose updates stand for what they add.
 *
 * @param names each of them
 */
record DeltaColumns(Set<ColumnName> names) {
  /** Types whose addition is exact, so that the order of two merges does not matter. */
  private static final Set<String> TYPES = Set.of("smallint", "integer", "bigint", "numeric");

  DeltaColumns {
    names = Set.copyOf(names);
  }

  /**
   * {@code writer}, which is told of every table which columns of it are counters.
   *
   * @throws OffshootException {@code BAD_SPEC} naming the first that can be no counter, with why
   */
  static ChangeSetStore.Writer noted(
      ExperimentSpec spec, Connection branch, ChangeSetStore.Writer writer) throws SQLException {
    if (spec.deltaColumns().isEmpty()) {
      return writer;
    }
    DeltaColumns columns = of(spec, TableCatalog.read(branch));
    return new ChangeSetStore.Writer() {
      @Override
      public void startTable(ChangedTable table) {
        writer.startTable(columns.noted(table));
      }

      @Override
      public void row(RowChange change) {
        writer.row(change);
      }

      @Override
      public void drops(List<DroppedContents> contents) {
        writer.drops(contents);
      }

      @Override
      public void fills(List<FilledColumn> filled) {
        writer.fills(filled);
      }

      @Override
      public void reserve(List<SequenceBlock> blocks) {
        writer.reserve(blocks);
      }

      @Override
      public ChangeSet freeze(
          List<ReplayStatement> script,
          List<SchemaChange> schemaChanges,
          List<TableName> rewrittenTables,
          List<SequenceAdvance> sequences,
          Undoing undoing) {
        return writer.freeze(script, schemaChanges, rewrittenTables, sequences, undoing);
      }

      @Override
      public void close() {
        writer.close();
      }
    };
  }

  private static DeltaColumns of(ExperimentSpec spec, TableCatalog branch) {
    Set<ColumnName> names = new LinkedHashSet<>();
    for (String text : spec.deltaColumns()) {
      ColumnName name =
          ColumnName.parse(text)
              .orElseThrow(() -> refused(text, "it is not written schema.table.column"));
      Optional<String> obstacle = obstacle(name, branch);
      if (obstacle.isPresent()) {
        throw refused(text, obstacle.get());
      }
      names.add(name);
    }
    return new DeltaColumns(names);
  }

  private ChangedTable noted(ChangedTable table) {
    return table.withColumns(
        table.columns().stream()
            .map(
                column ->
                    new ColumnShape(
                        column.name(),
                        column.type(),
                        names.contains(new ColumnName(table.table(), column.name()))))
            .toList());
  }

  private static Optional<String> obstacle(ColumnName name, TableCatalog branch) {
    Optional<Table> table = branch.table(name.table());
    if (table.isEmpty()) {
      return Optional.of("there is no such table");
    }
    if (table.get().partitionRoot() != null) {
      return Optional.of("its table is a partition; name the partitioned table");
    }
    if (table.get().key().isEmpty()) {
      return Optional.of("its table has no key, so its rows are not updated but exchanged");
    }
    List<Column> columns =
        table.get().columns().stream().filter(each -> each.name().equals(name.column())).toList();
    if (columns.isEmpty()) {
      return Optional.of("the table has no such column");
    }
    Column column = columns.get(0);
    if (table.get().key().contains(column.number())) {
      return Optional.of("it is part of the table's key");
    }
    if (column.generated()) {
      return Optional.of("it is computed from other columns");
    }
    if (column.identity()) {
      return Optional.of("the server numbers it");
    }
    String type = column.type();
    int modifier = type.indexOf('(');
    return TYPES.contains(modifier < 0 ? type : type.substring(0, modifier))
        ? Optional.empty()
        : Optional.of(
            "its type is %s; counters are smallint, integer, bigint or numeric"
                .formatted(ShownText.oneLine(type, 80)));
  }

  private static OffshootException refused(String text, String why) {
    return new OffshootException(
        ErrorCode.BAD_SPEC,
        "deltaColumns: %s can be no counter, because %s"
            .formatted(ShownText.oneLine(text, 200), why));
  }
}
