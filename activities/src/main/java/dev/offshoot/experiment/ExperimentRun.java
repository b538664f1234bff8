package dev.offshoot.experiment;

import dev.offshoot.branch.BranchProvider;
import dev.offshoot.changelog.ChangeLog;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ExperimentReport;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.SpecValidation;
import dev.offshoot.domain.SqlStatement;
import dev.offshoot.domain.StatementResult;
import dev.offshoot.domain.TransactionMode;
import dev.offshoot.sql.Identifiers;
import dev.offshoot.sql.Place;
import dev.offshoot.sql.Sql;
import dev.offshoot.sql.SqlErrors;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * One experiment on its branch, from login to report: its statements one at a time, then its
 * checks. Whatever fails ends it with nothing committed but, with {@code PER_STATEMENT}, the
 * statements before. For one use by one thread.
 */
final class ExperimentRun {
  private static final int MOST_SHOWN = 80;
  private final BranchProvider provider;
  private final BranchRef ref;
  private final ExperimentSpec spec;
  private final Progress progress;
  private final List<SqlStatement> statements;
  private final Deadline deadline;
  private final long maxGrowth;
  private final ReportBudget budget;

  /**
   * @param maxGrowth bytes that the branch may grow by
   * @throws OffshootException {@code BAD_SPEC} if the specification is not valid
   */
  ExperimentRun(
      BranchProvider provider,
      BranchRef ref,
      ExperimentSpec spec,
      long maxGrowth,
      Progress progress) {
    this.provider = provider;
    this.ref = ref;
    this.spec = spec;
    this.maxGrowth = maxGrowth;
    this.progress = progress;
    this.statements = SpecValidation.statementsOf(spec);
    this.deadline = Deadline.in(spec.limits().maxRuntime());
    this.budget = new ReportBudget(statements.size() + spec.checks().size());
  }

  ExperimentReport run() {
    long start = System.nanoTime();
    try (GrowthWatch growth = new GrowthWatch(() -> provider.bytes(ref), maxGrowth)) {
      List<StatementResult> results = new ArrayList<>();
      ChangeLog log = runStatements(results, growth);
      List<String> passed = spec.checks().isEmpty() ? List.of() : runChecks(growth);
      return ReportBudget.fitting(
          new ExperimentReport(
              List.copyOf(results),
              passed,
              log.schemaStatements(),
              log.touchedTables(),
              StatementTransaction.millisSince(start),
              log.writtenRows()));
    } catch (SQLException e) {
      throw SqlErrors.working(Place.branch(ref), "opening or closing a session", e);
    }
  }

  private ChangeLog runStatements(List<StatementResult> results, GrowthWatch growth)
      throws SQLException {
    progress.report("logging into the branch");
    try (TimedSession session = session(growth)) {
      ChangeLog log = begin(session);
      StatementTransaction transaction =
          new StatementTransaction(session, log, budget, spec.limits().resultRows());
      boolean perStatement = spec.transaction() == TransactionMode.PER_STATEMENT;
      for (SqlStatement statement : statements) {
        progress.report(
            "statement %d of %d: %s"
                .formatted(
                    statement.index() + 1,
                    statements.size(),
                    ShownText.oneLine(statement.text(), MOST_SHOWN)));
        Subject subject = Subject.statement(statement, spec.script() != null);
        int index = statement.index();
        results.add(
            perStatement
                ? transaction.runAlone(subject, index)
                : transaction.run(subject, index, index));
      }
      if (!perStatement) {
        transaction.settle();
        transaction.commit();
      }
      return log;
    }
  }

  private ChangeLog begin(TimedSession session) {
    Subject beginning = new Subject("the beginning of the experiment", "", null, null);
    try {
      RunMarker.mark(session.connection(), ref);
      return ChangeLog.begin(session.connection(), this::base);
    } catch (SQLException e) {
      throw session.failed(beginning, e);
    }
  }

  /** Its schema is the branch's at the beginning, and by that role it looks the same. */
  private Connection base() throws SQLException {
    Connection base = provider.openBaseForReading(ref);
    try {
      Sql.execute(base, "SET ROLE " + Identifiers.quote(ref.branchName()));
      return base;
    } catch (SQLException e) {
      try (base) {
        throw e;
      }
    }
  }

  /**
   * Runs the checks of a session on what it has done so far.
   *
   * @param spec with the checks; without statements of its own
   * @throws OffshootException {@code CHECK_FAILED} for the first that is not true
   */
  static List<String> checks(
      BranchProvider provider,
      BranchRef ref,
      ExperimentSpec spec,
      long maxGrowth,
      Progress progress) {
    ExperimentRun run =
        new ExperimentRun(provider, ref, spec.handedIn(List.of("SELECT 1")), maxGrowth, progress);
    try (GrowthWatch growth = new GrowthWatch(() -> provider.bytes(ref), maxGrowth)) {
      return run.runChecks(growth);
    } catch (SQLException e) {
      throw SqlErrors.working(Place.branch(ref), "opening or closing a session", e);
    }
  }

  private List<String> runChecks(GrowthWatch growth) throws SQLException {
    try (TimedSession session = session(growth)) {
      session.nothingToTryAgain();
      return Checks.run(session, spec.checks(), progress, budget);
    }
  }

  private TimedSession session(GrowthWatch growth) throws SQLException {
    return TimedSession.open(provider, ref, spec.limits(), deadline, growth, progress);
  }
}
