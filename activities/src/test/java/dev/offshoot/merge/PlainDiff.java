package dev.offshoot.merge;

import dev.offshoot.diff.Conversions;
import dev.offshoot.diff.DropSearch;
import dev.offshoot.domain.ColumnShape;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.SchemaChange;
import dev.offshoot.domain.SequenceAdvance;
import dev.offshoot.domain.SqlScript;
import dev.offshoot.domain.SqlStatement;
import dev.offshoot.domain.TableName;
import dev.offshoot.ledger.ChangeSet;
import dev.offshoot.ledger.ChangeSetStore;
import dev.offshoot.ledger.ChangedTable;
import dev.offshoot.ledger.ReplayStatement;
import dev.offshoot.ledger.Undoing;
import dev.offshoot.sql.CatalogFingerprint;
import dev.offshoot.sql.DroppedContents;
import dev.offshoot.sql.Identifiers;
import dev.offshoot.sql.Sql;
import dev.offshoot.sql.TableCatalog;
import dev.offshoot.sql.TableCatalog.Column;
import dev.offshoot.sql.TableCatalog.Table;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The change set of a script, found the slow and obvious way: run its schema statements on the
 * database, read everything, roll back; run the whole script, read everything, roll back; compare.
 */
final class PlainDiff {
  private static final String SEQUENCES =
      """
      SELECT schemaname, sequencename, coalesce(last_value, 0) FROM pg_sequences ORDER BY 1, 2
      """;

  private static final String KEEP_SEQUENCES =
      """
      SELECT format('ALTER SEQUENCE %I.%I INCREMENT BY %s', schemaname, sequencename, increment_by)
      FROM pg_sequences
      """;

  private record Contents(
      CatalogFingerprint schema, TableCatalog tables, Map<TableName, List<List<String>>> rows) {}

  private final Connection connection;
  private final Set<String> counters;
  private final String searchPath;
  private final List<ReplayStatement> script = new ArrayList<>();

  private PlainDiff(Connection connection, Set<String> counters) throws SQLException {
    this.connection = connection;
    this.counters = counters;
    this.searchPath =
        Sql.only(connection, "SELECT current_setting('search_path')", row -> row.getString(1));
  }

  /** What {@code sql} does to the database of {@code connection}, which stays as it was. */
  static ChangeSet freeze(Connection connection, String sql, ChangeSetStore store)
      throws SQLException {
    return freeze(connection, sql, store, Set.of());
  }

  /** The same where columns of those names are counters. */
  static ChangeSet freeze(
      Connection connection, String sql, ChangeSetStore store, Set<String> counters)
      throws SQLException {
    connection.setAutoCommit(false);
    return new PlainDiff(connection, counters).freeze(SqlScript.split(sql), store);
  }

  private ChangeSet freeze(List<SqlStatement> statements, ChangeSetStore store)
      throws SQLException {
    CatalogFingerprint base = CatalogFingerprint.read(connection);
    TableCatalog baseTables = TableCatalog.read(connection);
    Map<TableName, Long> sequences = sequences();
    keepSequences();
    List<SqlStatement> schemaStatements = new ArrayList<>();
    for (SqlStatement statement : statements) {
      CatalogFingerprint before = CatalogFingerprint.read(connection);
      Sql.execute(connection, statement.text());
      if (!CatalogFingerprint.changes(before, CatalogFingerprint.read(connection)).isEmpty()
          || statement.text().contains("/* schema */")) {
        schemaStatements.add(statement);
      }
    }
    Contents branch = contents();
    List<SequenceAdvance> advances = new ArrayList<>();
    sequences()
        .forEach(
            (name, value) -> {
              long was = sequences.getOrDefault(name, 0L);
              if (was != value) {
                advances.add(new SequenceAdvance(name, was, value));
              }
            });
    connection.rollback();

    Sql.execute(connection, "SET LOCAL search_path = pg_catalog, pg_temp");
    List<DroppedContents> dropped =
        DropSearch.run(connection, baseTables, branch.tables(), Progress.NONE);
    connection.rollback();
    keepSequences();
    replayOnBase(schemaStatements);
    emptyNewTables(baseTables);
    Contents replayed = contents();
    Sql.execute(connection, "SET LOCAL search_path = pg_catalog, pg_temp");
    dropped = new Conversions(connection, baseTables, Progress.NONE).becomeOf(dropped);
    connection.rollback();
    List<TableName> rewritten =
        replayed.tables().tables().values().stream()
            .filter(
                table ->
                    baseTables.table(table.oid()).stream()
                        .anyMatch(before -> before.fileNode() != table.fileNode()))
            .map(Table::name)
            .toList();
    List<SchemaChange> changes = CatalogFingerprint.changes(base, branch.schema());
    try (ChangeSetStore.Writer writer = store.begin(new ExperimentId("plain"))) {
      branch.tables().tables().values().stream()
          .filter(table -> table.partitionRoot() == null)
          .sorted((one, other) -> one.name().compareTo(other.name()))
          .forEach(table -> rows(table, replayed, branch, baseTables, writer));
      writer.drops(dropped);
      return writer.freeze(script, changes, rewritten, advances, Undoing.OF_ROWS);
    }
  }

  private void replayOnBase(List<SqlStatement> statements) throws SQLException {
    boolean waiting = false;
    for (SqlStatement statement : statements) {
      Savepoint savepoint = connection.setSavepoint();
      ReplayStatement.Phase phase = ReplayStatement.Phase.BEFORE_ROWS;
      try {
        Sql.execute(connection, statement.text());
      } catch (SQLException e) {
        if (!waiting && !e.getSQLState().startsWith("23")) {
          throw e;
        }
        connection.rollback(savepoint);
        phase = ReplayStatement.Phase.AFTER_ROWS;
        waiting = true;
      }
      script.add(new ReplayStatement(statement.index(), statement.text(), searchPath, phase));
    }
  }

  private void emptyNewTables(TableCatalog base) throws SQLException {
    for (Table table : TableCatalog.read(connection).tables().values()) {
      if (base.table(table.oid()).isEmpty()) {
        Sql.execute(connection, "DELETE FROM " + Identifiers.quote(table.name()));
      }
    }
  }

  private void rows(
      Table table,
      Contents replayed,
      Contents branch,
      TableCatalog base,
      ChangeSetStore.Writer writer) {
    List<Column> columns = table.writableColumns();
    List<Integer> key = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      if (table.key().contains(columns.get(i).number())) {
        key.add(i);
      }
    }
    List<RowChange> changes =
        key.isEmpty()
            ? multiset(replayed.rows().get(table.name()), branch.rows().get(table.name()))
            : byKey(key, replayed.rows().get(table.name()), branch.rows().get(table.name()));
    if (!changes.isEmpty()) {
      @Nullable TableName baseName =
          replayed
              .tables()
              .table(table.name())
              .flatMap(replay -> base.table(replay.oid()))
              .map(Table::name)
              .orElse(null);
      writer.startTable(
          new ChangedTable(
              table.name(),
              baseName,
              columns.stream()
                  .map(c -> new ColumnShape(c.name(), c.type(), counters.contains(c.name())))
                  .toList(),
              key,
              0));
      changes.forEach(writer::row);
    }
  }

  private static List<RowChange> byKey(
      List<Integer> key, List<List<String>> before, List<List<String>> after) {
    Map<List<String>, List<String>> old = new LinkedHashMap<>();
    before.forEach(row -> old.put(key.stream().map(row::get).toList(), row));
    List<RowChange> changes = new ArrayList<>();
    for (List<String> row : after) {
      List<String> was = old.remove(key.stream().map(row::get).toList());
      if (was == null) {
        changes.add(RowChange.insert(new ArrayList<>(row)));
      } else if (!was.equals(row)) {
        changes.add(RowChange.update(new ArrayList<>(was), new ArrayList<>(row)));
      }
    }
    old.values().forEach(row -> changes.add(RowChange.delete(new ArrayList<>(row))));
    return changes;
  }

  private static List<RowChange> multiset(List<List<String>> before, List<List<String>> after) {
    Map<List<String>, Integer> difference = new LinkedHashMap<>();
    before.forEach(row -> difference.merge(row, -1, Integer::sum));
    after.forEach(row -> difference.merge(row, 1, Integer::sum));
    List<RowChange> changes = new ArrayList<>();
    difference.forEach(
        (row, count) -> {
          if (count > 0) {
            changes.add(new RowChange(RowChange.Kind.INSERT, null, new ArrayList<>(row), count));
          } else if (count < 0) {
            changes.add(new RowChange(RowChange.Kind.DELETE, new ArrayList<>(row), null, -count));
          }
        });
    return changes;
  }

  private Contents contents() throws SQLException {
    TableCatalog tables = TableCatalog.read(connection);
    Map<TableName, List<List<String>>> rows = new TreeMap<>();
    for (Table table : tables.tables().values()) {
      String query =
          "SELECT %s FROM %s%s"
              .formatted(
                  table.writableColumns().stream()
                      .map(column -> Identifiers.quote(column.name()))
                      .collect(Collectors.joining(", ")),
                  table.partitioned() ? "" : "ONLY ",
                  Identifiers.quote(table.name()));
      rows.put(
          table.name(),
          Sql.list(
              connection,
              query,
              row -> {
                List<String> image = new ArrayList<>();
                for (int i = 1; i <= table.writableColumns().size(); i++) {
                  image.add(row.getString(i));
                }
                return image;
              }));
    }
    return new Contents(CatalogFingerprint.read(connection), tables, rows);
  }

  /** Gives each sequence new storage, so that drawing from it is rolled back too. */
  private void keepSequences() throws SQLException {
    for (String alter : Sql.list(connection, KEEP_SEQUENCES, row -> row.getString(1))) {
      Sql.execute(connection, alter);
    }
  }

  private Map<TableName, Long> sequences() throws SQLException {
    Map<TableName, Long> sequences = new TreeMap<>();
    Sql.list(
        connection,
        SEQUENCES,
        row -> sequences.put(new TableName(row.getString(1), row.getString(2)), row.getLong(3)));
    return sequences;
  }
}
