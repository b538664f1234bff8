package dev.offshoot.diff;

import dev.offshoot.diff.BoundedStatement.TooLongException;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.HumanDuration;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.SchemaChange;
import dev.offshoot.ledger.ReplayStatement;
import dev.offshoot.ledger.ReplayStatement.Phase;
import dev.offshoot.ledger.Undoing;
import dev.offshoot.sql.CatalogFingerprint;
import dev.offshoot.sql.ConstantDefault;
import dev.offshoot.sql.Identifiers;
import dev.offshoot.sql.Literals;
import dev.offshoot.sql.PrintedValues;
import dev.offshoot.sql.Sql;
import dev.offshoot.sql.SqlErrors;
import dev.offshoot.sql.TableCatalog;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Looks for statements that take the schema of the rehearsed base back to what it was, and proves
 * them: renames are renamed back, what is new is dropped, what was changed is set back, until the
 * fingerprint is the one of the branch point. What does not get there cannot be reverted.
 *
 * <p>It reads differences from catalogs only. Statements of the experiment have no part in it.
 */
final class SchemaInversion {
  private static final String SAFE_PATH = "pg_catalog, pg_temp";
  private static final int MOST_ROUNDS = 20;

  /** Whether a row that does not name a column gets a value there. */
  private static final String COMPUTED =
      "SELECT atthasdef OR attidentity <> '' FROM pg_attribute WHERE attrelid = ?::oid AND attnum = ?";

  private final Connection base;
  private final String role;
  private final String experimentsPath;
  private final Duration timeout;
  private final Progress progress;
  private final CatalogNames names;
  private final ColumnRules rules;
  private final TableCatalog tables;
  private final List<ReplayStatement> script = new ArrayList<>();
  private List<String> filled = List.of();

  /**
   * Reads the base before anything is rehearsed on it.
   *
   * @param role the experiment's role
   * @param experimentsPath search path for function bodies, whose names are as their authors wrote
   *     them
   * @param timeout for each statement
   */
  SchemaInversion(
      Connection base, String role, String experimentsPath, Duration timeout, Progress progress)
      throws SQLException {
    this.base = base;
    this.role = role;
    this.experimentsPath = experimentsPath;
    this.timeout = timeout;
    this.progress = progress;
    this.names = CatalogNames.read(base);
    this.rules = ColumnRules.read(base);
    this.tables = TableCatalog.read(base);
  }

  /**
   * After the schema statements and before the rows: notes which new columns the server has filled
   * row by row, as with numbers of a sequence. When they are dropped again nobody can tell these
   * values from what was written there later.
   */
  void afterSchema() throws SQLException {
    List<String> found = new ArrayList<>();
    for (TableCatalog.Table table : TableCatalog.read(base).tables().values()) {
      Optional<TableCatalog.Table> old = tables.table(table.oid());
      // What ADD COLUMN gives to all rows alike needs no rewriting, and the catalog tells it.
      if (old.isPresent() && old.get().fileNode() != table.fileNode()) {
        for (TableCatalog.Column column : table.writableColumns()) {
          if (old.get().column(column.number()).isEmpty() && isFilled(table, column)) {
            found.add("%s of table %s".formatted(column.name(), table.name()));
          }
        }
      }
    }
    filled = List.copyOf(found);
  }

  /** A default that is a value can be told from what somebody writes; a computed one cannot. */
  private boolean isFilled(TableCatalog.Table table, TableCatalog.Column column)
      throws SQLException {
    Optional<String> usual = ConstantDefault.of(base, table.oid(), column.number(), column.type());
    if (usual.isEmpty()
        && Sql.only(base, COMPUTED, row -> row.getBoolean(1), table.oid(), column.number())) {
      return true;
    }
    String value = "t." + Identifiers.quote(column.name());
    String other =
        usual
            .map(text -> " AND %s <> %s".formatted(PrintedValues.text(value), Literals.quote(text)))
            .orElse("");
    return Sql.only(
        base,
        "SELECT EXISTS (SELECT FROM ONLY %s AS t WHERE %s IS DISTINCT FROM NULL%s)"
            .formatted(Identifiers.quote(table.name()), value, other),
        row -> row.getBoolean(1));
  }

  /**
   * How to revert what has been rehearsed; afterwards the base is as it was when this was called.
   *
   * @param original the fingerprint to come back to
   * @param keys attribute numbers by which the changed rows of a table are named
   */
  Undoing find(CatalogFingerprint original, Map<Long, Set<Integer>> keys) throws SQLException {
    progress.report("rehearsing the revert");
    Savepoint savepoint = base.setSavepoint();
    Optional<String> obstacle;
    try {
      obstacle = obstacle(original, keys);
    } catch (TooLongException e) {
      requireSession(e);
      obstacle =
          Optional.of(
              "taking it back takes longer than limits.statementTimeout (%s)"
                  .formatted(HumanDuration.format(timeout)));
    }
    base.rollback(savepoint);
    base.releaseSavepoint(savepoint);
    return obstacle.isPresent() ? Undoing.impossible(obstacle.get()) : Undoing.by(script);
  }

  /** What had to be ended with its session leaves nothing to go on with. */
  private void requireSession(TooLongException error) throws SQLException {
    if (base.isClosed()) {
      throw new OffshootException(
          ErrorCode.LIMIT_EXCEEDED,
          "taking back the schema on the data as it was at the branch point ran code that went on after limits.statementTimeout (%s) and caught its cancellation; leave that code out of the experiment"
              .formatted(HumanDuration.format(timeout)),
          error);
    }
  }

  private Optional<String> obstacle(CatalogFingerprint original, Map<Long, Set<Integer>> keys)
      throws SQLException, TooLongException {
    List<String> dropped = names.dropped(CatalogNames.read(base));
    if (!dropped.isEmpty()) {
      return Optional.of("contents of %s go with it".formatted(NotCarried.show(dropped)));
    }
    if (!filled.isEmpty()) {
      return Optional.of(
          "the server filled new column %s row by row, and later values would go with these"
              .formatted(NotCarried.show(filled)));
    }
    TableCatalog before = TableCatalog.read(base);
    for (String statement : rules.loosened(ColumnRules.read(base), keys)) {
      var unused = attempt(List.of(statement), SAFE_PATH, Phase.BEFORE_ROWS);
    }
    List<SchemaChange> left = undo(original);
    if (!left.isEmpty()) {
      return Optional.of(
          "no statement is known that takes back "
              + NotCarried.show(left.stream().map(SchemaInversion::described).toList()));
    }
    // Equal words are not enough: it must be the same tables with the same contents.
    Optional<String> exchanged = names.missing(CatalogNames.read(base));
    if (exchanged.isPresent()) {
      return Optional.of(exchanged.get() + " changed places with another one");
    }
    return rewritten(before);
  }

  private static String described(SchemaChange change) {
    return "%s %s %s"
        .formatted(
            switch (change.kind()) {
              case CREATED -> "new";
              case ALTERED -> "changed";
              case DROPPED -> "dropped";
            },
            change.objectType(),
            change.identity());
  }

  private Optional<String> rewritten(TableCatalog before) throws SQLException {
    for (TableCatalog.Table table : TableCatalog.read(base).tables().values()) {
      boolean sameStorage =
          before.table(table.oid()).map(old -> old.fileNode() == table.fileNode()).orElse(true);
      if (!sameStorage && tables.table(table.oid()).isPresent()) {
        return Optional.of("table " + table.name() + " would be rewritten");
      }
    }
    return Optional.empty();
  }

  /**
   * @return what still differs when nothing more can be done
   */
  private List<SchemaChange> undo(CatalogFingerprint original)
      throws SQLException, TooLongException {
    List<SchemaChange> left = changes(original);
    for (int round = 0; round < MOST_ROUNDS && !left.isEmpty(); round++) {
      boolean any = false;
      for (String rename : names.renamesBack(CatalogNames.read(base))) {
        any |= attempt(List.of(rename), SAFE_PATH, Phase.AFTER_ROWS);
      }
      for (SchemaChange change : InverseStatements.inOrder(any ? changes(original) : left)) {
        any |= undo(change);
      }
      for (String statement : rules.setBack(ColumnRules.read(base))) {
        any |= attempt(List.of(statement), SAFE_PATH, Phase.AFTER_ROWS);
      }
      List<SchemaChange> still = any ? changes(original) : left;
      if (still.equals(left)) {
        return left;
      }
      left = still;
    }
    return left;
  }

  private boolean undo(SchemaChange change) throws SQLException, TooLongException {
    boolean isCode = Set.of("function", "procedure").contains(change.objectType());
    for (List<String> way : InverseStatements.of(change)) {
      if (attempt(way, isCode ? experimentsPath : SAFE_PATH, Phase.AFTER_ROWS)) {
        return true;
      }
    }
    return false;
  }

  private List<SchemaChange> changes(CatalogFingerprint original) throws SQLException {
    return CatalogFingerprint.changes(original, CatalogFingerprint.read(base));
  }

  /** Runs statements that belong together; after a failure everything is as it was before. */
  private boolean attempt(List<String> way, String searchPath, Phase phase)
      throws SQLException, TooLongException {
    Savepoint savepoint = base.setSavepoint();
    boolean done = false;
    try {
      ExperimentRole.become(base, role, searchPath, timeout);
      for (String sql : way) {
        BoundedStatement.execute(base, sql, timeout, progress);
      }
      Sql.execute(base, "RESET ROLE; SET LOCAL search_path = pg_catalog, pg_temp");
      done = true;
    } catch (SQLException e) {
      if (SqlErrors.mayPass(e)) {
        throw e;
      }
    }
    if (done) {
      way.forEach(sql -> script.add(new ReplayStatement(script.size(), sql, searchPath, phase)));
    } else {
      base.rollback(savepoint);
    }
    base.releaseSavepoint(savepoint);
    return done;
  }
}
