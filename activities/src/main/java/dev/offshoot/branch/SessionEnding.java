package dev.offshoot.branch;

import dev.offshoot.domain.OffshootException;
import dev.offshoot.sql.Sql;
import dev.offshoot.sql.SqlErrors;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends one session of a server, even where its own code ends everybody else's: by new sessions, one
 * after the other, until it is gone. Immutable.
 */
final class SessionEnding {
  private static final Logger LOG = LoggerFactory.getLogger(SessionEnding.class);
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final long MILLIS_BETWEEN_TRIES = 50;

  private static final String BEGAN =
      "SELECT coalesce(backend_start::text, '') FROM pg_catalog.pg_stat_activity WHERE pid = ?";

  /** Numbers of processes come again; no other has begun at the same time. Waits a moment. */
  private static final String END =
      """
      SELECT pg_catalog.pg_terminate_backend(pid, 1000) FROM pg_catalog.pg_stat_activity
      WHERE pid = ? AND coalesce(backend_start::text, '') = ?
      """;

  private final Supplier<Connection> sessions;
  private final int process;
  private final String began;

  private SessionEnding(Supplier<Connection> sessions, int process, String began) {
    this.sessions = sessions;
    this.process = process;
    this.began = began;
  }

  /**
   * @param sessions opens sessions of a role that may end this one
   * @param process the server's number of a session that stands
   * @param beside a session of that role, to look at it
   */
  static SessionEnding of(Supplier<Connection> sessions, int process, Connection beside)
      throws SQLException {
    String began = Sql.first(beside, BEGAN, row -> row.getString(1), process).orElse("");
    return new SessionEnding(sessions, process, began);
  }

  /** Goes on until the session is gone or ten minutes are over; returns at once. Never throws. */
  void begin() {
    Thread thread = new Thread(this::untilGone, "offshoot-ending");
    thread.setDaemon(true);
    thread.start();
  }

  private void untilGone() {
    long end = System.nanoTime() + PATIENCE.toNanos();
    try {
      while (System.nanoTime() - end < 0) {
        if (isGone()) {
          return;
        }
        Thread.sleep(MILLIS_BETWEEN_TRIES);
      }
      LOG.error("a session (process {}) could not be ended; end it by hand", process);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isGone() {
    try (Connection session = sessions.get()) {
      return Sql.list(session, END, row -> row.getBoolean(1), process, began).isEmpty();
    } catch (SQLException e) {
      LOG.debug("ending a session: SQLSTATE {}", SqlErrors.state(e));
    } catch (OffshootException e) {
      LOG.debug("ending a session: {}", e.code());
    }
    return false;
  }
}
