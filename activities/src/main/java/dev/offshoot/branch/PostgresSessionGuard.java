package dev.offshoot.branch;

import dev.offshoot.sql.Sql;
import dev.offshoot.sql.SqlErrors;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Guards by a session as the parent's owner, opened beforehand: where the lock table is full nobody
 * gets in any more, and not even {@code pg_terminate_backend} runs in a session that must first
 * lock the catalogs which it asks. So this one has everything locked, weakly, that it will need.
 * Where the guarded session has ended this one, others do it.
 */
final class PostgresSessionGuard implements SessionGuard {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresSessionGuard.class);

  /** Nobody's process; the server warns. It looks up what ending a session needs. */
  private static final int NOBODY = 0;

  private static final String SETTINGS =
      "SET TRANSACTION ISOLATION LEVEL READ COMMITTED, READ ONLY; SET client_min_messages = error";

  /** Opened tables and their indexes stay locked until the transaction ends. */
  private static final String CATALOGS =
      """
      SELECT FROM pg_catalog.pg_roles, pg_catalog.pg_auth_members, pg_catalog.pg_database,
        pg_catalog.pg_proc, pg_catalog.pg_locks LIMIT 0
      """;

  private static final String ROOM =
      """
      SELECT pg_catalog.current_setting('max_locks_per_transaction')::int8
        * (pg_catalog.current_setting('max_connections')::int8
          + pg_catalog.current_setting('max_prepared_transactions')::int8)
      """;

  private static final String HELD =
      "SELECT count(*) FROM pg_catalog.pg_locks WHERE pid = ? AND NOT fastpath";

  /** Waits a moment for it to be gone, and its locks with it. */
  private static final String END = "SELECT pg_catalog.pg_terminate_backend(?, 3000)";

  /** One session's share of the lock table, of which the server says how large it is at least. */
  private static final int SHARE = 2;

  private final Connection own;
  private final int process;
  private final long mostLocks;
  private final SessionEnding others;

  private PostgresSessionGuard(Connection own, int process, long mostLocks, SessionEnding others) {
    this.own = own;
    this.process = process;
    this.mostLocks = mostLocks;
    this.others = others;
  }

  /**
   * @param sessions opens sessions of a role that may end the guarded one
   */
  static SessionGuard over(Supplier<Connection> sessions, int process) throws SQLException {
    Connection own = sessions.get();
    try {
      own.setAutoCommit(false);
      Sql.execute(own, SETTINGS);
      Sql.execute(own, CATALOGS);
      SessionEnding others = SessionEnding.of(sessions, process, own);
      long room = Sql.only(own, ROOM, row -> row.getLong(1));
      PostgresSessionGuard guard = new PostgresSessionGuard(own, process, room / SHARE, others);
      // As it will be done; the answers do not matter.
      var unused = guard.locks();
      Sql.only(own, END, row -> row.getBoolean(1), NOBODY);
      return guard;
    } catch (SQLException e) {
      try (own) {
        throw e;
      }
    }
  }

  @Override
  public synchronized boolean takesTooManyLocks() {
    try {
      return !own.isClosed() && locks() > mostLocks;
    } catch (SQLException e) {
      LOG.warn("could not look at a session's locks: SQLSTATE {}", SqlErrors.state(e));
      return false;
    }
  }

  private long locks() throws SQLException {
    return Sql.only(own, HELD, row -> row.getLong(1), process);
  }

  @Override
  public synchronized void end() {
    try {
      if (!own.isClosed() && Sql.only(own, END, row -> row.getBoolean(1), process)) {
        return;
      }
    } catch (SQLException e) {
      LOG.warn("could not end a session, tried by another: SQLSTATE {}", SqlErrors.state(e));
    }
    others.begin();
  }

  @Override
  public synchronized void close() {
    try {
      own.close();
    } catch (SQLException e) {
      LOG.warn("could not close a guard: SQLSTATE {}", SqlErrors.state(e));
    }
  }
}
