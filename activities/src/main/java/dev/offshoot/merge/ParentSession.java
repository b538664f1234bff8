package dev.offshoot.merge;

import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.sql.Place;
import dev.offshoot.sql.SessionSettings;
import dev.offshoot.sql.Sql.RowReader;
import dev.offshoot.step.Progress;
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
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/**
 * The merge's one session and transaction on the parent: how statements are run in it, under which
 * settings, and how long they waited for locks. A cancellation reaches whatever runs.
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
      SET LOCAL statement_timeout = '10min';
      SET LOCAL idle_in_transaction_session_timeout = '10min';
      SET LOCAL search_path = pg_catalog, pg_temp\
      """;

  /** Staged rows stay in memory as far as they fit; must be said before the first of them. */
  private static final String TEMPORARY_TABLES = "SET temp_buffers = '64MB'";

  private final Connection connection;
  private final Progress progress;
  private final Place parent;
  private final Duration lockTimeout;
  private String transaction = "";
  private long longestLockWaitNanos;

  ParentSession(Connection connection, Progress progress, String parent, Duration lockTimeout) {
    this.connection = connection;
    this.progress = progress;
    this.parent = Place.parent(parent);
    this.lockTimeout = lockTimeout;
  }

  /** Begins the transaction. */
  void begin() throws SQLException {
    connection.setAutoCommit(false);
    execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE");
    execute(TEMPORARY_TABLES);
    settle();
    transaction = transaction();
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
    execute("SET LOCAL lock_timeout = " + lockTimeout.toMillis());
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
    execute("SET LOCAL lock_timeout = " + lockTimeout.toMillis());
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

  private interface Work<T> {
    T run() throws SQLException;
  }

  private <T> T interruptibly(Statement statement, Work<T> work) throws SQLException {
    Progress.Interruptible running = progress.interruptible(statement);
    try {
      return work.run();
    } finally {
      running.close();
    }
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
