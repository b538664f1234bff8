package dev.offshoot.merge;

import dev.offshoot.branch.ParentConfig;
import dev.offshoot.branch.SessionGuard;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.HumanDuration;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.sql.Place;
import dev.offshoot.sql.SessionSettings;
import dev.offshoot.sql.Sql.RowReader;
import dev.offshoot.sql.SqlErrors;
import dev.offshoot.step.Progress;
import dev.offshoot.step.WorkerClock;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/**
 * The merge's one session and transaction on the parent: how statements are run in it, under which
 * settings, how long they may take and how long they waited for locks. A cancellation reaches
 * whatever runs, and so does the end of its time, whatever code of somebody's own catches: the
 * session is ended then.
 */
final class ParentSession {
  /**
   * What {@link SessionSettings} does not say. The role may have been changed by a replayed
   * statement, as may every setting.
   */
  private static final String SETTINGS =
      """
      RESET ROLE;
      RESET synchronous_commit;
      RESET enable_hashjoin;
      RESET enable_mergejoin;
      SET LOCAL row_security = off;
      SET LOCAL jit = off;
      SET LOCAL work_mem = '64MB';
      SET LOCAL idle_in_transaction_session_timeout = '10min';
      SET LOCAL search_path = pg_catalog, pg_temp\
      """;

  /** Staged rows stay in memory as far as they fit; must be said before the first of them. */
  private static final String TEMPORARY_TABLES = "SET temp_buffers = '64MB'";

  /** So that the server itself ends a session whose worker is gone, unless its code prevents it. */
  private static final String NOTICE_A_LOST_WORKER = "SET client_connection_check_interval = '5s'";

  /** Postgres keeps timeouts in milliseconds in an int. */
  private static final long LONGEST_TIMEOUT_MILLIS = Integer.MAX_VALUE;

  /** The server's own timeout may strike a little before our clock. */
  private static final Duration EARLY = Duration.ofMillis(100);

  private final Connection connection;
  private final SessionGuard guard;
  private final Progress progress;
  private final Place parent;
  private final String timeouts;
  private final Duration limit;
  private String transaction = "";
  private long longestLockWaitNanos;

  /**
   * @param guard ends the session where cancelling it does not help
   */
  ParentSession(Connection connection, SessionGuard guard, Progress progress, ParentConfig parent) {
    this.connection = connection;
    this.guard = guard;
    this.progress = progress;
    this.parent = Place.parent(parent.name());
    this.limit = parent.mergeStatementTimeout();
    this.timeouts =
        "SET LOCAL lock_timeout = %d; SET LOCAL statement_timeout = %d"
            .formatted(
                parent.lockTimeout().toMillis(),
                Math.min(Math.max(1, limit.toMillis()), LONGEST_TIMEOUT_MILLIS));
  }

  /** Begins the transaction. */
  void begin() throws SQLException {
    noticeLostWorker();
    connection.setAutoCommit(false);
    execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE");
    execute(TEMPORARY_TABLES);
    settle();
    transaction = transaction();
  }

  /** Not on every system can a server tell. */
  private void noticeLostWorker() throws SQLException {
    try {
      execute(NOTICE_A_LOST_WORKER);
    } catch (SQLException e) {
      if (SqlErrors.isConnectionLoss(e)) {
        throw e;
      }
    }
  }

  /** The server's number of this session. */
  int process() throws SQLException {
    return connection.unwrap(PGConnection.class).getBackendPID();
  }

  /**
   * Gives the session our own settings, in which names mean the server's own, whatever a replayed
   * statement or code of the experiment's left.
   *
   * @throws OffshootException {@code MERGE_REFUSED} if it left the transaction
   */
  void settle() throws SQLException {
    SessionSettings.apply(connection);
    execute(SETTINGS);
    execute(timeouts);
    if (!transaction.isEmpty() && !transaction.equals(transaction())) {
      throw new OffshootException(
          ErrorCode.MERGE_REFUSED,
          "%s: a replayed statement ended the merge's transaction; see what it left behind"
              .formatted(parent));
    }
  }

  private String transaction() throws SQLException {
    return only("SELECT pg_catalog.pg_current_xact_id()::text", row -> row.getString(1));
  }

  /** For a transaction after that of the merge; names mean the server's own in it. */
  void useTrustedNames() throws SQLException {
    execute("SET LOCAL search_path = pg_catalog, pg_temp");
    execute(timeouts);
  }

  /** Until {@link #settle} names mean what they mean to the owner's own sessions. */
  void useOwnersSearchPath() throws SQLException {
    execute("SET LOCAL search_path TO DEFAULT");
  }

  /**
   * Until {@link #settle} each row is looked up by its key, in the order in which the changes come,
   * which is one that others can keep to when they lock several. A hash join would meet the rows as
   * they lie, and a merge join would read the index up to the first of them.
   */
  void useKeyOrder() throws SQLException {
    execute("SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off");
  }

  /** Until {@link #settle} names mean what they meant where {@code searchPath} was in force. */
  void useSearchPath(String searchPath) throws SQLException {
    only("SELECT pg_catalog.set_config('search_path', ?, true)", row -> true, searchPath);
  }

  /** Runs one or more statements as they are. */
  void execute(String sql) throws SQLException {
    try (Statement statement = plain()) {
      interruptibly(statement, () -> statement.execute(sql));
    }
  }

  /**
   * Runs statements whose time is that of getting locks, or nearly so; see {@link
   * #longestLockWait}.
   */
  void lock(String sql) throws SQLException {
    long from = System.nanoTime();
    execute(sql);
    longestLockWaitNanos = Math.max(longestLockWaitNanos, System.nanoTime() - from);
  }

  /** The one row of a statement that locks the rows which it writes. */
  <T> T lockingOnly(String sql, RowReader<T> reader) throws SQLException {
    long from = System.nanoTime();
    T row = only(sql, reader);
    longestLockWaitNanos = Math.max(longestLockWaitNanos, System.nanoTime() - from);
    return row;
  }

  /**
   * The longest time that one statement spent getting locks which the merge takes by itself: on
   * tables it alters, on the rows it touches, on sequences, and against other merges. An upper
   * bound, because finding the rows is in it, and writing them on the quick way; and without what
   * replayed statements waited, which the lock timeout bounds. {@link LockWatch} knows better.
   */
  Duration longestLockWait() {
    return Duration.ofNanos(longestLockWaitNanos);
  }

  /** All rows of {@code query}, whose question marks stand for {@code values}. */
  <T> List<T> list(String query, RowReader<T> reader, Object... values) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      for (int i = 0; i < values.length; i++) {
        if (values[i] instanceof Untyped untyped) {
          statement.setObject(i + 1, untyped.text(), Types.OTHER);
        } else {
          statement.setObject(i + 1, values[i]);
        }
      }
      return interruptibly(statement, () -> read(statement.executeQuery(), reader));
    }
  }

  /** The first rows of a query that somebody else wrote; a question mark in it is an operator. */
  <T> List<T> first(int limit, String query, RowReader<T> reader) throws SQLException {
    try (Statement statement = plain()) {
      statement.setMaxRows(limit);
      return interruptibly(statement, () -> read(statement.executeQuery(query), reader));
    }
  }

  /** Takes SQL as it is: braces mean nothing to the driver. */
  private Statement plain() throws SQLException {
    Statement statement = connection.createStatement();
    statement.setEscapeProcessing(false);
    return statement;
  }

  /** Something that a statement does. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws SQLException;
  }

  /**
   * Does with {@link #connection} or {@link #copy} what code of somebody's own may take part in.
   */
  <T> T timed(Work<T> work) throws SQLException {
    try (Statement statement = plain()) {
      return interruptibly(statement, work);
    }
  }

  @SuppressWarnings("try") // what may be interrupted lasts as long as the block
  private <T> T interruptibly(Statement statement, Work<T> work) throws SQLException {
    long from = System.nanoTime();
    WorkerClock.@Nullable Watch watch = null;
    try {
      T result;
      try (Progress.Interruptible interruptible = progress.interruptible(statement);
          WorkerClock.Watch running =
              WorkerClock.watch(statement, limit, progress::isCancelled, guard::end)) {
        watch = running;
        result = work.run();
      }
      if (watch.isOver()) {
        throw isOver(null);
      }
      return result;
    } catch (SQLException e) {
      boolean late = System.nanoTime() - from >= limit.minus(EARLY).toNanos();
      boolean cancelled = SqlErrors.state(e).equals("57014");
      if ((watch != null && watch.isOver()) || (cancelled && late)) {
        throw isOver(e);
      }
      throw e;
    }
  }

  /** Never of a commit: what is not committed is not written. */
  private OffshootException isOver(@Nullable SQLException cause) {
    if (progress.isCancelled()) {
      return new OffshootException(ErrorCode.CANCELLED, "cancelled while merging", cause);
    }
    return new OffshootException(
        ErrorCode.LIMIT_EXCEEDED,
        "%s: a statement of the merge took longer than %s, and nothing was written; see what its code waits for, or raise parents.%s.merge-statement-timeout"
            .formatted(parent, HumanDuration.format(limit), parent.name()),
        cause);
  }

  private static <T> List<T> read(ResultSet rows, RowReader<T> reader) throws SQLException {
    List<T> list = new ArrayList<>();
    while (rows.next()) {
      list.add(reader.read(rows));
    }
    return list;
  }

  /** The one row that {@code query} always has. */
  <T> T only(String query, RowReader<T> reader, Object... values) throws SQLException {
    List<T> rows = list(query, reader, values);
    if (rows.size() != 1) {
      throw new IllegalStateException("a query with " + rows.size() + " rows where one belongs");
    }
    return rows.get(0);
  }

  Savepoint savepoint() throws SQLException {
    return connection.setSavepoint();
  }

  /** Undoes what happened since, settings too. */
  void rollBackTo(Savepoint savepoint) throws SQLException {
    connection.rollback(savepoint);
    connection.releaseSavepoint(savepoint);
  }

  void release(Savepoint savepoint) throws SQLException {
    connection.releaseSavepoint(savepoint);
  }

  CopyManager copy() throws SQLException {
    return connection.unwrap(PGConnection.class).getCopyAPI();
  }

  void commit() throws SQLException {
    connection.commit();
  }

  void rollback() throws SQLException {
    connection.rollback();
  }

  /** For what reads a database by itself and leaves transaction and settings as they are. */
  Connection connection() {
    return connection;
  }

  /**
   * Says what is going on.
   *
   * @throws OffshootException {@code CANCELLED} if the merge was cancelled
   */
  void report(String what) {
    progress.report(what);
  }

  /** {@code parent 'shop'}, for messages. */
  Place parent() {
    return parent;
  }
}
