package dev.offshoot.experiment;

import dev.offshoot.activity.SessionActivities.RunDone;
import dev.offshoot.activity.SessionActivities.RunStatements;
import dev.offshoot.branch.BranchProvider;
import dev.offshoot.changelog.ChangeLog;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.RunAnswer;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.SqlStatement;
import dev.offshoot.domain.StatementResult;
import dev.offshoot.sql.Place;
import dev.offshoot.sql.SqlErrors;
import dev.offshoot.step.Progress;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One run of a session on its branch: login, statements, commit. All of it is applied or none, and
 * a second try knows which. For one use by one thread.
 */
final class SessionTransaction {
  private static final String READ_ONLY = "25006";
  private static final int MOST_SHOWN = 80;

  private final BranchProvider provider;
  private final BranchRef ref;
  private final RunStatements request;
  private final long maxGrowth;
  private final Progress progress;
  private final Deadline deadline;
  private final Notices notices = Notices.kept();
  private final long start = System.nanoTime();

  /**
   * @param maxGrowth bytes that the branch may outgrow what it began with
   */
  SessionTransaction(
      BranchProvider provider, RunStatements request, long maxGrowth, Progress progress) {
    this.provider = provider;
    this.ref = request.branch();
    this.request = request;
    this.maxGrowth = maxGrowth;
    this.progress = progress;
    this.deadline = Deadline.in(request.spec().limits().maxRuntime());
  }

  /**
   * Runs it, unless it has run.
   *
   * @throws OffshootException what may be tried again, since then the mark tells; {@link
   *     ErrorCode#BRANCH_GONE}, {@link ErrorCode#CANCELLED}
   */
  RunDone run() {
    try (GrowthWatch growth = new GrowthWatch(() -> provider.bytes(ref), roomLeft())) {
      progress.report("logging into the branch");
      try (TimedSession session = session(growth)) {
        Optional<RunDone> before = RunMark.of(session.connection(), request.run());
        return before.isPresent() ? before.get() : runNow(session);
      }
    } catch (SQLException e) {
      throw SqlErrors.working(Place.branch(ref), "opening or closing a session", e);
    } catch (OffshootException e) {
      if (e.code().retryable()
          || e.code() == ErrorCode.CANCELLED
          || e.code() == ErrorCode.BRANCH_GONE) {
        throw e;
      }
      return refused(e);
    }
  }

  private long roomLeft() {
    long grown = Math.max(0, provider.bytes(ref) - request.branchBytes());
    return request.branchBytes() == 0 ? maxGrowth : Math.max(0, maxGrowth - grown);
  }

  private RunDone runNow(TimedSession session) throws SQLException {
    Subject beginning = new Subject("the beginning of the run", "", null, null);
    ChangeLog log;
    try {
      log = ChangeLog.begin(session.connection());
    } catch (SQLException e) {
      throw session.failed(beginning, e);
    }
    ReportBudget budget = ReportBudget.ofRun(request.statements().size());
    StatementTransaction transaction =
        new StatementTransaction(session, log, budget, request.rows());
    List<StatementResult> results = new ArrayList<>();
    for (int i = 0; i < request.statements().size(); i++) {
      SqlStatement statement = new SqlStatement(i, request.statements().get(i), 1);
      progress.report(
          "run %d, statement %d of %d: %s"
              .formatted(
                  request.run(),
                  i + 1,
                  request.statements().size(),
                  ShownText.oneLine(statement.text(), MOST_SHOWN)));
      results.add(
          transaction.run(Subject.statement(statement, false), i, request.firstIndex() + i));
    }
    transaction.settle();
    RunDone done = done(log, results);
    try {
      RunMark.write(session.connection(), ref, done);
    } catch (SQLException e) {
      throw SqlErrors.state(e).equals(READ_ONLY)
          ? StatementErrors.madeReadOnly(Subject.endOfTransaction(), e)
          : session.failed(Subject.endOfTransaction(), e);
    }
    progress.report("run %d: committing".formatted(request.run()));
    transaction.commit();
    return done;
  }

  private RunDone done(ChangeLog log, List<StatementResult> results) {
    return new RunDone(
        new RunAnswer(
            request.run(),
            true,
            List.copyOf(results),
            notices.all(),
            null,
            false,
            StatementTransaction.millisSince(start),
            request.statementsLeft()),
        log.touchedAfter(request.soFar()),
        log.schemaStatements());
  }

  private RunDone refused(OffshootException e) {
    return new RunDone(
        new RunAnswer(
            request.run(),
            false,
            List.of(),
            notices.all(),
            e.failure(),
            false,
            StatementTransaction.millisSince(start),
            request.statementsLeft()),
        request.soFar(),
        List.of());
  }

  private TimedSession session(GrowthWatch growth) throws SQLException {
    TimedSession session =
        TimedSession.open(provider, ref, request.spec().limits(), deadline, growth, progress);
    try {
      session.listen(notices);
      return session;
    } catch (SQLException e) {
      try (session) {
        throw e;
      }
    }
  }
}
