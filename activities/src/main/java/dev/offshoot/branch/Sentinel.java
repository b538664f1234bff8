package dev.offshoot.branch;

import dev.offshoot.domain.OffshootException;
import dev.offshoot.sql.Sql;
import dev.offshoot.sql.SqlErrors;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session that stands before an agent is let in, and ends those of agents that fill the server's
 * lock table: after that nobody can log in any more to do it. All that its questions need is locked
 * when it begins, in a transaction that stays open and reads nothing. Thread-safe.
 */
final class Sentinel implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Sentinel.class);

  /** Time for which it stands after it was last called for. */
  private static final Duration WATCH = Duration.ofMinutes(10);

  private static final String SETTINGS =
      "SET TRANSACTION ISOLATION LEVEL READ COMMITTED, READ ONLY; SET idle_in_transaction_session_timeout = 0";

  /** Opened tables and their indexes stay locked until the transaction ends. */
  private static final String CATALOGS =
      """
      SELECT FROM pg_catalog.pg_roles, pg_catalog.pg_auth_members, pg_catalog.pg_database,
        pg_catalog.pg_proc, pg_catalog.pg_locks LIMIT 0
      """;

  /** Sessions of branches' roles that hold more than half of what the lock table has at least. */
  private static final String GREEDY =
      """
      SELECT a.pid FROM pg_catalog.pg_stat_get_activity(NULL) AS a
      JOIN pg_catalog.pg_roles AS r ON r.oid = a.usesysid
      WHERE r.rolname LIKE 'offshoot\\_%'
        AND (SELECT count(*) FROM pg_catalog.pg_locks AS l WHERE l.pid = a.pid AND NOT l.fastpath)
          > pg_catalog.current_setting('max_locks_per_transaction')::int8
            * (pg_catalog.current_setting('max_connections')::int8
              + pg_catalog.current_setting('max_prepared_transactions')::int8) / 2
      """;

  /** Waits a moment for it to be gone, and its locks with it. */
  private static final String END = "SELECT pg_catalog.pg_terminate_backend(?, 3000)";

  /** Nobody's process; the server warns. It looks up what ending a session needs. */
  private static final int NOBODY = 0;

  private final Supplier<Connection> sessions;
  private @Nullable Connection own;
  private long until;

  /**
   * @param sessions opens sessions of a role that may end those of branches
   */
  Sentinel(Supplier<Connection> sessions) {
    this.sessions = sessions;
  }

  /** Stands from now on, for a while. */
  synchronized void stand() throws SQLException {
    until = System.nanoTime() + WATCH.toNanos();
    if (own != null && !own.isClosed()) {
      return;
    }
    Connection session = sessions.get();
    try {
      session.setAutoCommit(false);
      Sql.execute(session, SETTINGS);
      Sql.execute(session, CATALOGS);
      // As it will be done; the answers do not matter.
      var unused = greedy(session);
      Sql.only(session, END, row -> row.getBoolean(1), NOBODY);
      own = session;
    } catch (SQLException e) {
      try (session) {
        throw e;
      }
    }
  }

  /**
   * Ends sessions of agents that keep everybody from the server.
   *
   * @return whether it has ended any; not if it does not stand
   */
  synchronized boolean endGreedy() {
    Connection session = own;
    if (session == null) {
      return false;
    }
    try {
      List<Integer> greedy = greedy(session);
      for (int process : greedy) {
        var unused = Sql.only(session, END, row -> row.getBoolean(1), process);
      }
      return !greedy.isEmpty();
    } catch (SQLException e) {
      LOG.warn("could not look for greedy sessions: SQLSTATE {}", SqlErrors.state(e));
      leave();
      return false;
    }
  }

  private static List<Integer> greedy(Connection session) throws SQLException {
    return Sql.list(session, GREEDY, row -> row.getInt(1));
  }

  /** Leaves if nobody has called for it for long. */
  synchronized void leaveIfIdle() {
    if (own != null && System.nanoTime() - until > 0) {
      leave();
    }
  }

  private void leave() {
    Connection session = own;
    own = null;
    if (session != null) {
      try {
        session.rollback();
        session.setAutoCommit(true);
        session.close();
      } catch (SQLException | OffshootException e) {
        LOG.debug("a sentinel's session was gone already", e);
      }
    }
  }

  @Override
  public synchronized void close() {
    leave();
  }
}
