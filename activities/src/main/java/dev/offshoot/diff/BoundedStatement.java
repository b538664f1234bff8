package dev.offshoot.diff;

import dev.offshoot.sql.SqlErrors;
import dev.offshoot.step.Progress;
import dev.offshoot.step.WorkerClock;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Runs what an experiment ran, or might, for no longer than its statements may last. */
final class BoundedStatement {
  private static final String CANCELLED = "57014";

  /** Time after the server's own timeout. */
  private static final Duration LATE = Duration.ofSeconds(1);

  private BoundedStatement() {}

  /**
   * Runs one statement. The server's own timeout strikes first; code that catches it meets the
   * worker's clock, which at last closes the session.
   *
   * @param session {@link ExperimentRole#become with the experiment's rights and its timeout}
   * @param timeout that it has been given
   * @throws TooLongException if it was not done in time; the session may be gone
   */
  @SuppressWarnings("try") // what may be interrupted lasts as long as the block
  static void execute(Connection session, String sql, Duration timeout, Progress progress)
      throws SQLException, TooLongException {
    try (Statement statement = session.createStatement()) {
      statement.setEscapeProcessing(false);
      try (Progress.Interruptible running = progress.interruptible(statement);
          WorkerClock.Watch watch =
              WorkerClock.watch(statement, timeout.plus(LATE), () -> false, () -> {})) {
        try {
          statement.execute(sql);
        } catch (SQLException e) {
          boolean cancelled = SqlErrors.state(e).equals(CANCELLED) && !progress.isCancelled();
          if (cancelled || watch.isOver()) {
            throw new TooLongException(e);
          }
          throw e;
        }
        if (watch.isOver()) {
          throw new TooLongException(null);
        }
      }
    }
  }

  /** A statement was not done in time. */
  static final class TooLongException extends Exception {
    private static final long serialVersionUID = 1;

    private TooLongException(@Nullable SQLException cause) {
      super("longer than a statement may take", cause);
    }
  }
}
