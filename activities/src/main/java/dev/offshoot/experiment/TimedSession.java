package dev.offshoot.experiment;

import dev.offshoot.branch.BranchProvider;
import dev.offshoot.branch.SessionGuard;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.Failure;
import dev.offshoot.domain.Limits;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.sql.Sql;
import dev.offshoot.sql.SqlErrors;
import dev.offshoot.step.Progress;
import dev.offshoot.step.WorkerClock;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A session as the experiment's role that runs the experiment's own SQL, each piece under the
 * worker's clock and in the room that the branch has. Not thread-safe; closing it ends the session
 * and what was not committed.
 */
final class TimedSession implements AutoCloseable {
  /** Postgres keeps the timeout in milliseconds in an int. */
  private static final long LONGEST_TIMEOUT_MILLIS = Integer.MAX_VALUE;

  /** The server's own timeout may strike a little before our clock. */
  private static final Duration EARLY = Duration.ofMillis(100);

  private final Connection connection;
  private final SessionGuard guard;
  private final Limits limits;
  private final Deadline deadline;
  private final GrowthWatch growth;
  private final Progress progress;
  private Notices notices = Notices.UNHEARD;
  private boolean committed;

  private TimedSession(
      Connection connection,
      SessionGuard guard,
      Limits limits,
      Deadline deadline,
      GrowthWatch growth,
      Progress progress) {
    this.connection = connection;
    this.guard = guard;
    this.limits = limits;
    this.deadline = deadline;
    this.growth = growth;
    this.progress = progress;
  }

  /** Logs into a branch as its experiment's role, with a guard beside. */
  static TimedSession open(
      BranchProvider provider,
      BranchRef ref,
      Limits limits,
      Deadline deadline,
      GrowthWatch growth,
      Progress progress)
      throws SQLException {
    Connection connection = provider.openForExperiment(ref);
    SessionGuard guard = SessionGuard.NONE;
    try {
      guard = provider.guard(connection);
      return over(connection, guard, limits, deadline, growth, progress);
    } catch (SQLException | OffshootException e) {
      guard.close();
      try (connection) {
        throw e;
      }
    }
  }

  /** Takes over {@code connection}, in transactions from now on, and {@code guard}. */
  static TimedSession over(
      Connection connection,
      SessionGuard guard,
      Limits limits,
      Deadline deadline,
      GrowthWatch growth,
      Progress progress)
      throws SQLException {
    long timeout =
        Math.min(Math.max(1, limits.statementTimeout().toMillis()), LONGEST_TIMEOUT_MILLIS);
    Sql.execute(
        connection,
        "SET statement_timeout = %d; SET client_min_messages = 'error'".formatted(timeout));
    connection.setAutoCommit(false);
    growth.watch(guard);
    return new TimedSession(connection, guard, limits, deadline, growth, progress);
  }

  /** From now on what the server says beside results is kept there. */
  void listen(Notices kept) throws SQLException {
    Sql.execute(connection, "SET client_min_messages = 'notice'");
    connection.commit();
    notices = kept;
  }

  /** For looking around between the statements. */
  Connection connection() {
    return connection;
  }

  /** Takes what a statement gave. */
  @FunctionalInterface
  interface Reading<T> {
    /**
     * @param isResult whether {@code statement} stands on a result rather than a count
     */
    T of(Statement statement, boolean isResult) throws SQLException;
  }

  /**
   * Runs one statement and the reading of what it gives.
   *
   * @throws OffshootException if it fails, takes too long, or loses the session
   */
  @SuppressWarnings("try") // what may be interrupted lasts as long as the block
  <T> T run(Subject subject, Reading<T> reading) {
    Duration limit = limits.statementTimeout();
    String limitName = "limits.statementTimeout";
    Duration whole = limit;
    if (deadline.left().compareTo(limit) < 0) {
      limit = deadline.left();
      limitName = "limits.maxRuntime";
      whole = deadline.whole();
    }
    long start = System.nanoTime();
    WorkerClock.@Nullable Watch watch = null;
    try (Statement statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      statement.setFetchSize(ResultReader.FETCHED_ROWS);
      T result;
      try (Progress.Interruptible interruptible = progress.interruptible(statement);
          WorkerClock.Watch running =
              WorkerClock.watch(statement, limit, this::isToEnd, guard::end, notices::take)) {
        watch = running;
        result = execute(statement, subject, reading);
      }
      if (watch.isOver()) {
        throw isOver(subject, limitName, whole);
      }
      return result;
    } catch (SQLException e) {
      boolean late = System.nanoTime() - start >= limit.minus(EARLY).toNanos();
      boolean cancelled = SqlErrors.state(e).equals("57014");
      boolean isOver = growth.tookTooManyLocks() || (watch != null && watch.isOver());
      if (isOver || (cancelled && late)) {
        throw isOver(subject, limitName, whole);
      }
      throw failed(subject, e);
    }
  }

  private boolean isToEnd() {
    return growth.isOver() || progress.isCancelled();
  }

  private OffshootException isOver(Subject subject, String limitName, Duration time) {
    if (growth.tookTooManyLocks()) {
      return StatementErrors.tookTooManyLocks(subject);
    }
    if (progress.isCancelled()) {
      return new OffshootException(ErrorCode.CANCELLED, "cancelled");
    }
    return growth.isOver()
        ? StatementErrors.outgrown(subject, growth.limit())
        : StatementErrors.timeIsOver(subject, limitName, time);
  }

  /** The experiment has committed elsewhere: to lose this session is to lose the experiment. */
  void nothingToTryAgain() {
    committed = true;
  }

  /** Commits what ran since the last commit. */
  void commit(Subject subject) {
    if (growth.isOverNow()) {
      throw growth.tookTooManyLocks()
          ? StatementErrors.tookTooManyLocks(subject)
          : StatementErrors.outgrown(subject, growth.limit());
    }
    try {
      connection.commit();
      committed = true;
    } catch (SQLException e) {
      throw failed(subject, e);
    }
  }

  /** What it means that something failed in this session while {@code subject} was at work. */
  OffshootException failed(Subject subject, SQLException error) {
    return isLost()
        ? StatementErrors.sessionLost(subject, error, committed)
        : StatementErrors.failed(subject, error);
  }

  @Override
  public void close() throws SQLException {
    growth.watch(SessionGuard.NONE);
    guard.close();
    connection.close();
  }

  private static <T> T execute(Statement statement, Subject subject, Reading<T> reading)
      throws SQLException {
    T result = reading.of(statement, statement.execute(subject.sql()));
    if (statement.getMoreResults() || statement.getLargeUpdateCount() >= 0) {
      throw new OffshootException(
          new Failure(
              ErrorCode.STATEMENT_REFUSED,
              "%s holds more than one statement as the server's driver reads it; give each on its own"
                  .formatted(subject.at(0)),
              subject.index(),
              null,
              null),
          null);
    }
    return result;
  }

  private boolean isLost() {
    try {
      return connection.isClosed();
    } catch (SQLException e) {
      return true;
    }
  }
}
