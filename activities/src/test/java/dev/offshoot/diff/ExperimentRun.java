package dev.offshoot.diff;

import dev.offshoot.TestParent;
import dev.offshoot.activity.DiffActivities.ComputeDiff;
import dev.offshoot.branch.ParentConfig;
import dev.offshoot.branch.Parents;
import dev.offshoot.branch.PostgresBranchProvider;
import dev.offshoot.changelog.RowWatch;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentReport;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ExperimentSpecBuilder;
import dev.offshoot.domain.Limits;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.SchemaStatement;
import dev.offshoot.domain.SpecValidation;
import dev.offshoot.domain.SqlStatement;
import dev.offshoot.domain.TableName;
import dev.offshoot.domain.TransactionMode;
import dev.offshoot.ledger.ChangeSet;
import dev.offshoot.ledger.ChangeSetStore;
import dev.offshoot.sql.CatalogFingerprint;
import dev.offshoot.sql.Sql;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An experiment whose statements have run on a branch of its own, in one transaction or in one
 * each, and a report of it by the server's own counters.
 */
final class ExperimentRun implements AutoCloseable {
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final PostgresBranchProvider provider;
  private final ChangeSetStore store;
  private final BranchRef ref;
  private ExperimentSpec spec;
  private ExperimentReport report;
  private final ExperimentReport first;

  ExperimentRun(TestParent parent, ChangeSetStore store, TransactionMode mode, String... statements)
      throws SQLException {
    this.provider = new PostgresBranchProvider(parent.config());
    this.store = store;
    this.ref =
        new BranchRef(new ExperimentId("d" + NUMBER.incrementAndGet()), 1, parent.config().name());
    ExperimentSpecBuilder builder =
        ExperimentSpec.builder()
            .goal("test the diff")
            .parent(parent.config().name())
            .requestedBy("tester")
            .transaction(mode);
    List.of(statements).forEach(builder::statement);
    this.spec = builder.build();
    provider.create(ref, Instant.now().plus(Duration.ofHours(1)), Progress.NONE);
    this.report = run(mode);
    this.first = report;
  }

  static ExperimentRun of(TestParent parent, ChangeSetStore store, String... statements)
      throws SQLException {
    return new ExperimentRun(parent, store, TransactionMode.SINGLE, statements);
  }

  private ExperimentReport run(TransactionMode mode) throws SQLException {
    List<SchemaStatement> schema = new ArrayList<>();
    try (Connection branch = provider.openForExperiment(ref)) {
      branch.setAutoCommit(false);
      CatalogFingerprint before = CatalogFingerprint.read(branch);
      RowWatch rows = RowWatch.begin(branch);
      for (SqlStatement statement : SpecValidation.statementsOf(spec)) {
        String searchPath =
            Sql.only(
                branch,
                "SELECT pg_catalog.current_setting('search_path')",
                row -> row.getString(1));
        try (Statement jdbc = branch.createStatement()) {
          jdbc.setEscapeProcessing(false);
          jdbc.execute(statement.text());
        }
        CatalogFingerprint after = CatalogFingerprint.read(branch);
        if (!CatalogFingerprint.changes(before, after).isEmpty()) {
          schema.add(new SchemaStatement(statement.index(), searchPath));
        }
        before = after;
        rows.look(branch);
        if (mode == TransactionMode.PER_STATEMENT) {
          branch.commit();
          rows.transactionBegan(branch);
        }
      }
      branch.commit();
      return new ExperimentReport(
          List.of(), List.of(), schema, rows.touchedTables(), 1, rows.writtenRows());
    }
  }

  /** From now on the report names only these tables as touched. */
  ExperimentRun touching(List<Long> tables) {
    report = new ExperimentReport(List.of(), List.of(), report.schemaStatements(), tables, 1);
    return this;
  }

  /** From now on the report is again what it was at first. */
  ExperimentRun again() {
    report = first;
    return this;
  }

  /** From now on nobody has counted rows, so that whole tables are compared. */
  ExperimentRun comparedWhole() {
    report =
        new ExperimentReport(
            List.of(), List.of(), report.schemaStatements(), report.touchedTables(), 1);
    return this;
  }

  /** From now on the report names no statement as one that changed the schema. */
  void forgetSchemaStatements() {
    report = new ExperimentReport(List.of(), List.of(), List.of(), report.touchedTables(), 1);
  }

  void limitStatementsTo(Duration timeout) {
    spec =
        ExperimentSpec.builder()
            .goal("test the diff")
            .parent(ref.parent())
            .requestedBy("tester")
            .script(String.join(";", spec.statements()))
            .limits(new Limits(null, timeout, null, null))
            .build();
  }

  BranchRef ref() {
    return ref;
  }

  ChangeSummary diff() {
    return diff(Progress.NONE);
  }

  ChangeSummary diff(Progress progress) {
    ParentConfig config = ParentConfig.of(ref.parent(), "", "", "");
    Parents parents = new Parents(List.of(new Parents.Parent(config, provider)));
    return new DiffSteps(parents, store).compute(new ComputeDiff(ref, spec, report), progress);
  }

  ChangeSet frozen(ChangeSummary summary) {
    return store.get(summary.digest());
  }

  List<RowChange> rows(ChangeSummary summary, String schema, String table) {
    List<RowChange> rows = new ArrayList<>();
    try (ChangeSetStore.RowCursor cursor =
        store.rows(summary.digest(), new TableName(schema, table), 0)) {
      cursor.forEachRemaining(rows::add);
    }
    return rows;
  }

  @Override
  public void close() {
    provider.drop(ref);
    provider.close();
  }
}
