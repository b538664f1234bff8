package dev.offshoot.experiment;

import dev.offshoot.branch.BranchProvider;
import dev.offshoot.branch.SessionGuard;
import dev.offshoot.changelog.ChangeLog;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentReport;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.Failure;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.SpecValidation;
import dev.offshoot.domain.SqlScript;
import dev.offshoot.domain.SqlStatement;
import dev.offshoot.domain.StatementResult;
import dev.offshoot.domain.TransactionMode;
import dev.offshoot.sql.CommitCode;
import dev.offshoot.sql.Place;
import dev.offshoot.sql.Sql;
import dev.offshoot.sql.SqlErrors;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One experiment on its branch, from login to report: its statements one at a time, then its
 * checks. Whatever fails ends it with nothing committed but, with {@code PER_STATEMENT}, the
 * statements before. For one use by one thread.
 */
final class ExperimentRun {
  private static final int MOST_SHOWN = 80;
  private static final long NANOS_PER_MILLI = 1_000_000;

  /** First words of statements whose rows, if they give any, are those that they wrote. */
  private static final Set<String> RETURNING = Set.of("INSERT", "UPDATE", "DELETE", "MERGE");

  /** First words of statements for which no rows affected is news too. */
  private static final Set<String> COUNTING =
      Set.of("INSERT", "UPDATE", "DELETE", "MERGE", "COPY", "WITH", "EXECUTE");

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
              millisSince(start),
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
      for (SqlStatement statement : statements) {
        Subject subject = Subject.statement(statement, spec.script() != null);
        progress.report(
            "statement %d of %d: %s"
                .formatted(
                    statement.index() + 1,
                    statements.size(),
                    ShownText.oneLine(statement.text(), MOST_SHOWN)));
        results.add(runOne(session, log, subject, statement.index()));
      }
      if (spec.transaction() == TransactionMode.SINGLE) {
        endTransaction(session, log);
      }
      return log;
    }
  }

  private ChangeLog begin(TimedSession session) {
    Subject beginning = new Subject("the beginning of the experiment", "", null, null);
    try {
      RunMarker.mark(session.connection(), ref);
      return ChangeLog.begin(session.connection());
    } catch (SQLException e) {
      throw session.failed(beginning, e);
    }
  }

  private StatementResult runOne(TimedSession session, ChangeLog log, Subject subject, int index) {
    boolean perStatement = spec.transaction() == TransactionMode.PER_STATEMENT;
    try {
      if (perStatement && index > 0) {
        log.transactionBegan(session.connection());
      }
      long start = System.nanoTime();
      QueryResult result =
          session.run(subject, (statement, isResult) -> read(statement, isResult, subject));
      long millis = millisSince(start);
      boolean changedSchema = log.statementRan(session.connection(), index);
      if (perStatement) {
        endTransaction(session, log);
      }
      return new StatementResult(
          index,
          budget.statement(subject.sql()),
          millis,
          rowsAffected(subject, result),
          result.columns(),
          result.rows(),
          result.moreRows(),
          changedSchema);
    } catch (SQLException e) {
      throw session.failed(subject, e);
    } catch (OffshootException e) {
      throw at(index, e);
    }
  }

  private QueryResult read(Statement statement, boolean isResult, Subject subject)
      throws SQLException {
    return isResult
        ? ResultReader.read(statement, subject.sql(), spec.limits().resultRows(), budget)
        : QueryResult.affected(Math.max(0, statement.getLargeUpdateCount()));
  }

  /** Lets what waits for the commit happen while it can still be seen and told, then commits. */
  private void endTransaction(TimedSession session, ChangeLog log) {
    Subject end = Subject.endOfTransaction();
    session.run(end, (statement, isResult) -> isResult);
    try {
      log.deferredTriggersRan(session.connection());
      // Nobody reads the session's notifications; the driver would heap them up.
      Sql.execute(session.connection(), "UNLISTEN *");
      requireNothingForTheCommit(session.connection());
    } catch (SQLException e) {
      throw session.failed(end, e);
    }
    session.commit(end);
  }

  private static void requireNothingForTheCommit(Connection connection) throws SQLException {
    Optional<String> waiting = CommitCode.waiting(connection);
    if (waiting.isPresent()) {
      throw new OffshootException(
          ErrorCode.STATEMENT_REFUSED,
          "%s would run while the transaction commits, where nobody sees what it does; close cursors WITH HOLD, and leave SET CONSTRAINTS out of triggers"
              .formatted(waiting.get()));
    }
  }

  private List<String> runChecks(GrowthWatch growth) throws SQLException {
    try (TimedSession session = session(growth)) {
      session.nothingToTryAgain();
      return Checks.run(session, spec.checks(), progress, budget);
    }
  }

  private TimedSession session(GrowthWatch growth) throws SQLException {
    Connection connection = provider.openForExperiment(ref);
    SessionGuard guard = SessionGuard.NONE;
    try {
      guard = provider.guard(connection);
      return TimedSession.over(connection, guard, spec.limits(), deadline, growth, progress);
    } catch (SQLException | OffshootException e) {
      guard.close();
      try (connection) {
        throw e;
      }
    }
  }

  private static @Nullable Long rowsAffected(Subject subject, QueryResult result) {
    String word = SqlScript.leadingWord(subject.sql());
    boolean counts =
        result.hasResult()
            ? RETURNING.contains(word)
            : result.count() > 0 || COUNTING.contains(word);
    return counts ? result.count() : null;
  }

  /** With the statement's place, which whoever threw it did not know. */
  private static OffshootException at(int index, OffshootException e) {
    Failure failure = e.failure();
    if (failure.statement() != null || failure.code() == ErrorCode.CANCELLED) {
      return e;
    }
    return new OffshootException(
        new Failure(
            failure.code(), failure.message(), index, failure.position(), failure.sqlState()),
        e.getCause());
  }

  private static long millisSince(long nanos) {
    return (System.nanoTime() - nanos) / NANOS_PER_MILLI;
  }
}
