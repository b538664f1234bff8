package dev.offshoot.step;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a session's work when its time is over, or its room. {@code statement_timeout} is advice
 * that SQL can set aside; this is not.
 *
 * <p>It cancels, again and again because SQL can catch a cancellation, and at last closes the
 * connection. Meanwhile it takes the server's notices away, which the driver would heap up.
 */
public final class WorkerClock {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerClock.class);
  private static final long TICK_MILLIS = 100;
  private static final int TICKS_BETWEEN_CANCELS = 10;
  private static final int MOST_CANCELS = 5;

  private static final ScheduledExecutorService TICKS =
      Executors.newScheduledThreadPool(
          2,
          work -> {
            Thread thread = new Thread(work, "offshoot-clock");
            thread.setDaemon(true);
            return thread;
          });

  private WorkerClock() {}

  /**
   * Watches {@code statement} until the result is closed.
   *
   * @param limit time that it has
   * @param outgrown whether something else ends it too: its room is used up, or it was cancelled
   * @param last what ends it where it catches its cancellations; the connection is closed too
   * @param notices who takes what the server says, each with those that follow it
   */
  public static Watch watch(
      Statement statement,
      Duration limit,
      BooleanSupplier outgrown,
      Runnable last,
      Consumer<SQLWarning> notices)
      throws SQLException {
    return new Watch(statement, limit, outgrown, last, notices);
  }

  /** The same where nobody hears what the server says. */
  public static Watch watch(
      Statement statement, Duration limit, BooleanSupplier outgrown, Runnable last)
      throws SQLException {
    return watch(statement, limit, outgrown, last, unheard -> {});
  }

  /** The time that one piece of work has. */
  public static final class Watch implements AutoCloseable {
    private final Statement statement;
    private final Connection connection;
    private final long end;
    private final BooleanSupplier outgrown;
    private final Runnable last;
    private final Consumer<SQLWarning> notices;
    private final ScheduledFuture<?> ticks;
    private boolean closed;
    private int ticksOver;
    private volatile boolean over;

    private Watch(
        Statement statement,
        Duration limit,
        BooleanSupplier outgrown,
        Runnable last,
        Consumer<SQLWarning> notices)
        throws SQLException {
      this.statement = statement;
      this.connection = statement.getConnection();
      this.outgrown = outgrown;
      this.last = last;
      this.notices = notices;
      this.end = System.nanoTime() + limit.toNanos();
      this.ticks =
          TICKS.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Whether time or room was over before the work was. */
    public boolean isOver() {
      return over;
    }

    /** Waits for a cancellation under way, so that none hits what comes next. */
    @Override
    public synchronized void close() {
      closed = true;
      ticks.cancel(false);
      try {
        takeNotices();
      } catch (SQLException e) {
        LOG.debug("a statement that is gone says nothing more", e);
      }
    }

    /** What comes in between is at the end of the same chain. */
    private void takeNotices() throws SQLException {
      @Nullable SQLWarning first = statement.getWarnings();
      statement.clearWarnings();
      if (first != null) {
        notices.accept(first);
      }
    }

    private synchronized void tick() {
      if (closed) {
        return;
      }
      try {
        takeNotices();
        if (System.nanoTime() - end >= 0 || outgrown.getAsBoolean()) {
          over = true;
          ring();
        }
      } catch (SQLException e) {
        LOG.warn("could not cancel a statement over its limit: SQLSTATE {}", e.getSQLState());
      }
    }

    /** The connection is cancelled: a statement that is being fetched from cannot be. */
    private void ring() throws SQLException {
      if (ticksOver == MOST_CANCELS * TICKS_BETWEEN_CANCELS) {
        last.run();
        connection.abort(Runnable::run);
      } else if (ticksOver % TICKS_BETWEEN_CANCELS == 0) {
        connection.unwrap(PGConnection.class).cancelQuery();
      }
      ticksOver++;
    }
  }
}
