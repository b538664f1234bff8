package dev.offshoot.step;

import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.workflow.Failures;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.client.ActivityCompletionException;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one activity: heartbeats from a thread of its own while the work blocks in JDBC, carries a
 * cancellation to the running statement, and gives every error its Temporal form.
 */
public final class Step implements Progress {
  private static final Logger LOG = LoggerFactory.getLogger(Step.class);

  /** Well below the shortest heartbeat timeout (10 s), so that one late beat does no harm. */
  private static final long BEAT_MILLIS = 2_000;

  /**
   * What is going on is told a moment later: by then most steps are over, and no server had to
   * write down what nobody could have read.
   */
  private static final long MILLIS_BEFORE_TELLING = 200;

  /** More than one: a beat waits for an answer while the server is away. */
  private static final ScheduledExecutorService BEATS =
      Executors.newScheduledThreadPool(
          4,
          work -> {
            Thread thread = new Thread(work, "offshoot-heartbeat");
            thread.setDaemon(true);
            return thread;
          });

  private final ActivityExecutionContext context;
  private final AtomicBoolean aboutToTell = new AtomicBoolean();
  private volatile boolean over;
  private volatile String latest = "started";
  private volatile @Nullable ActivityCompletionException cancellation;
  private volatile @Nullable Statement running;

  private Step(ActivityExecutionContext context) {
    this.context = context;
  }

  /**
   * Runs {@code work} as the body of the current activity.
   *
   * @throws io.temporal.failure.ApplicationFailure for an {@link OffshootException} or a defect
   * @throws ActivityCompletionException if the activity was cancelled
   */
  public static <T> T run(Function<Progress, T> work) {
    Step step = new Step(Activity.getExecutionContext());
    ScheduledFuture<?> beats =
        BEATS.scheduleAtFixedRate(step::beat, BEAT_MILLIS, BEAT_MILLIS, TimeUnit.MILLISECONDS);
    try {
      return work.apply(step);
    } catch (OffshootException e) {
      step.throwIfCancelled();
      if (e.getCause() != null) {
        LOG.info("{}: {}", e.code(), e.failure().message());
      }
      throw Failures.toTemporal(e);
    } catch (ActivityCompletionException e) {
      throw e;
    } catch (RuntimeException e) {
      step.throwIfCancelled();
      // Its message may hold data or an address: it goes to the log's stack trace, not to history.
      LOG.error("defect in activity {}", step.context.getInfo().getActivityType(), e);
      throw Failures.toTemporal(
          new OffshootException(
              ErrorCode.INTERNAL,
              "%s in %s; the worker's log has the stack trace"
                  .formatted(
                      e.getClass().getSimpleName(), step.context.getInfo().getActivityType())));
    } finally {
      step.over = true;
      beats.cancel(false);
    }
  }

  @Override
  public void report(String what) {
    latest = what;
    if (context instanceof StepListener listener) {
      listener.reported(what);
    }
    if (aboutToTell.compareAndSet(false, true)) {
      var unused = BEATS.schedule(this::tell, MILLIS_BEFORE_TELLING, TimeUnit.MILLISECONDS);
    }
    if (cancellation != null) {
      throw new OffshootException(ErrorCode.CANCELLED, "cancelled");
    }
  }

  @Override
  public Interruptible interruptible(Statement statement) {
    running = statement;
    if (cancellation != null) {
      throw new OffshootException(ErrorCode.CANCELLED, "cancelled");
    }
    return () -> running = null;
  }

  @Override
  public boolean isCancelled() {
    return cancellation != null;
  }

  private void throwIfCancelled() {
    ActivityCompletionException cancelled = cancellation;
    if (cancelled != null) {
      throw cancelled;
    }
  }

  private void tell() {
    aboutToTell.set(false);
    beat();
  }

  private void beat() {
    if (over) {
      return;
    }
    try {
      context.heartbeat(latest);
    } catch (ActivityCompletionException e) {
      cancellation = e;
      interrupt();
    }
  }

  private void interrupt() {
    Statement statement = running;
    if (statement == null) {
      return;
    }
    try {
      // Not statement.cancel(): the driver ignores it while rows are being fetched.
      statement.getConnection().unwrap(PGConnection.class).cancelQuery();
    } catch (SQLException e) {
      LOG.warn("could not cancel a running statement: SQLSTATE {}", e.getSQLState());
    }
  }
}
