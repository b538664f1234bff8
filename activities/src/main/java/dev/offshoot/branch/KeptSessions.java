package dev.offshoot.branch;

import dev.offshoot.sql.SessionSettings;
import dev.offshoot.sql.Sql;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sessions that one step after the other has to itself. A login costs more than most of what is
 * done in it, so whoever closes one leaves it for the next, for a moment, with its transaction
 * rolled back, its settings as they were and its locks given up; one that broke is closed. Opening
 * is never waited for and its error is told as it is, which is what a pool of a fixed size would
 * not do. Thread-safe.
 */
final class KeptSessions implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KeptSessions.class);
  private static final Duration KEPT = Duration.ofSeconds(10);
  private static final int MOST_KEPT = 4;
  private static final int SECONDS_TO_ANSWER = 2;

  /** What whoever had it may have set or locked. */
  private static final String CLEAN =
      """
      RESET ROLE;
      RESET ALL;
      SET application_name = '%s';
      SELECT pg_catalog.pg_advisory_unlock_all()
      """
          .formatted(SessionSettings.APPLICATION);

  private static final ScheduledExecutorService CLOCK =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "offshoot-kept-sessions");
            thread.setDaemon(true);
            return thread;
          });

  /** Opens a session. */
  @FunctionalInterface
  interface Opening {
    Connection open() throws SQLException;
  }

  private record Kept(Connection session, long until) {}

  private final Opening opening;
  private final Duration longest;
  private final Deque<Kept> idle = new ArrayDeque<>();
  private boolean closed;

  KeptSessions(Opening opening) {
    this(opening, KEPT);
  }

  /**
   * @param longest time for which a session waits for its next use
   */
  KeptSessions(Opening opening, Duration longest) {
    this.opening = opening;
    this.longest = longest;
  }

  /**
   * A session that nobody else has until it is closed.
   *
   * @throws SQLException if none is kept and opening one fails
   */
  Connection take() throws SQLException {
    for (Optional<Connection> kept = next(); kept.isPresent(); kept = next()) {
      if (kept.get().isValid(SECONDS_TO_ANSWER)) {
        return lent(kept.get());
      }
      closeQuietly(kept.get());
    }
    return lent(opening.open());
  }

  private synchronized Optional<Connection> next() {
    return Optional.ofNullable(idle.pollLast()).map(Kept::session);
  }

  private Connection lent(Connection session) {
    return (Connection)
        Proxy.newProxyInstance(
            KeptSessions.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            new Lent(session)::invoke);
  }

  /** What is lent: the session itself but for its end. */
  private final class Lent {
    private final Connection session;
    private boolean returned;

    Lent(Connection session) {
      this.session = session;
    }

    @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
        throws Throwable {
      switch (method.getName()) {
        case "close" -> {
          giveBackOnce();
          return null;
        }
        case "isClosed" -> {
          return returned || session.isClosed();
        }
        case "equals" -> {
          return arguments != null && proxy == arguments[0];
        }
        default -> {
          if (returned) {
            throw new SQLException("this session has been closed", "08003");
          }
          try {
            return method.invoke(session, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        }
      }
    }

    private void giveBackOnce() {
      if (!returned) {
        returned = true;
        giveBack(session);
      }
    }
  }

  private void giveBack(Connection session) {
    try {
      if (session.isClosed()) {
        return;
      }
      if (!session.getAutoCommit()) {
        session.rollback();
        session.setAutoCommit(true);
      }
      session.clearWarnings();
      Sql.execute(session, CLEAN);
      SessionSettings.apply(session);
    } catch (SQLException e) {
      LOG.debug("a session that broke is not kept", e);
      closeQuietly(session);
      return;
    }
    if (!keep(session)) {
      closeQuietly(session);
    }
  }

  private synchronized boolean keep(Connection session) {
    if (closed || idle.size() >= MOST_KEPT) {
      return false;
    }
    idle.addLast(new Kept(session, System.nanoTime() + longest.toNanos()));
    var unused = CLOCK.schedule(this::closeOld, longest.toMillis() + 1, TimeUnit.MILLISECONDS);
    return true;
  }

  private void closeOld() {
    long now = System.nanoTime();
    for (Kept old = oldest(now); old != null; old = oldest(now)) {
      closeQuietly(old.session());
    }
  }

  private synchronized @Nullable Kept oldest(long now) {
    @Nullable Kept oldest = idle.peekFirst();
    return oldest != null && oldest.until() - now <= 0 ? idle.pollFirst() : null;
  }

  private static void closeQuietly(Connection session) {
    try {
      session.close();
    } catch (SQLException e) {
      LOG.debug("closing a session that is gone", e);
    }
  }

  /** Closes those that are kept; those that are lent are closed by whoever has them. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    for (Optional<Connection> kept = next(); kept.isPresent(); kept = next()) {
      closeQuietly(kept.get());
    }
  }
}
