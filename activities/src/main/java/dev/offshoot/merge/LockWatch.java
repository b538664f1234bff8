package dev.offshoot.merge;

import dev.offshoot.domain.OffshootException;
import dev.offshoot.sql.SessionSettings;
import dev.offshoot.sql.Sql;
import dev.offshoot.sql.SqlErrors;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at a merge from a session of its own: how long it waits for locks, and others for it. A
 * session does not see its own waits, but everybody sees since when another waits. So a wait is
 * known to within the time between two looks, and one that is shorter may be missed.
 *
 * <p>It delays no merge and fails none: where it cannot look, nobody knows. Thread-safe.
 */
final class LockWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LockWatch.class);
  private static final long MILLIS_BETWEEN_LOOKS = 50;
  private static final long MOST_SECONDS = 5;

  /**
   * Who blocks whom is asked only of those who wait, since it stops the lock table for a moment.
   */
  private static final String WAITS =
      """
      SELECT coalesce(max(millis) FILTER (WHERE by_merge), 0) AS by_merge,
        coalesce(max(millis) FILTER (WHERE NOT by_merge), 0) AS by_others
      FROM (
        SELECT (extract(epoch FROM clock_timestamp() - waitstart) * 1000)::bigint AS millis,
          pid = ? AS by_merge
        FROM pg_locks WHERE NOT granted AND waitstart IS NOT NULL
          AND CASE WHEN pid = ? THEN true ELSE ? = ANY (pg_blocking_pids(pid)) END) AS waits
      """;

  /**
   * @param byMerge longest time that the merge waited for one lock
   * @param byOthers longest time that another session waited for a lock because of the merge
   */
  record Waits(Duration byMerge, Duration byOthers) {}

  private final ScheduledExecutorService looks =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "offshoot-locks");
            thread.setDaemon(true);
            return thread;
          });

  private final int merge;
  private @Nullable Connection connection;
  private long byMerge;
  private long byOthers;

  private LockWatch(int merge) {
    this.merge = merge;
  }

  /**
   * Begins to look.
   *
   * @param sessions where it gets a session on the merge's server
   * @param merge process id of the merge's session there
   */
  static LockWatch over(Supplier<Connection> sessions, int merge) {
    LockWatch watch = new LockWatch(merge);
    watch.looks.execute(() -> watch.open(sessions));
    var unused =
        watch.looks.scheduleWithFixedDelay(
            watch::look, 0, MILLIS_BETWEEN_LOOKS, TimeUnit.MILLISECONDS);
    return watch;
  }

  private void open(Supplier<Connection> sessions) {
    try {
      Connection opened = sessions.get();
      connection = opened;
      SessionSettings.applyForReading(opened);
    } catch (OffshootException e) {
      gone(e.code().name());
    } catch (SQLException e) {
      gone("SQLSTATE " + SqlErrors.state(e));
    }
  }

  private boolean look() {
    Connection session = connection;
    if (session == null) {
      return false;
    }
    try {
      return Sql.only(
          session,
          WAITS,
          row -> {
            byMerge = Math.max(byMerge, row.getLong("by_merge"));
            byOthers = Math.max(byOthers, row.getLong("by_others"));
            return true;
          },
          merge,
          merge,
          merge);
    } catch (SQLException e) {
      gone("SQLSTATE " + SqlErrors.state(e));
      return false;
    }
  }

  private void gone(String why) {
    LOG.warn("nobody sees how long a merge waits for locks ({})", why);
    close(connection);
    connection = null;
  }

  private static void close(@Nullable Connection connection) {
    if (connection != null) {
      try {
        connection.close();
      } catch (SQLException e) {
        LOG.debug("closing a session that is gone", e);
      }
    }
  }

  /** All waits up to now; empty if nobody could look. */
  Optional<Waits> waits() {
    Callable<Optional<Waits>> lastLook =
        () ->
            look()
                ? Optional.of(new Waits(Duration.ofMillis(byMerge), Duration.ofMillis(byOthers)))
                : Optional.empty();
    try {
      return looks.submit(lastLook).get(MOST_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } catch (ExecutionException | TimeoutException | RejectedExecutionException e) {
      LOG.warn("nobody sees how long a merge waited for locks", e);
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    looks.execute(
        () -> {
          close(connection);
          connection = null;
        });
    looks.shutdown();
  }
}
