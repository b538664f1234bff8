package dev.offshoot.workflow;

import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Promise;
import io.temporal.workflow.TimerOptions;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The branch's right to exist: one durable timer that can be moved. The timer lives in a
 * cancellation scope of its own, because {@code Workflow.await} with a time limit would leave its
 * timer behind.
 */
final class Lease {
  private final Runnable onEnd;
  private Instant deadline;
  private @Nullable CancellationScope timer;

  /** Does not run before {@link #start}. */
  Lease(Instant deadline, Runnable onEnd) {
    this.deadline = deadline;
    this.onEnd = onEnd;
  }

  Instant deadline() {
    return deadline;
  }

  boolean isOver() {
    return !Instant.ofEpochMilli(Workflow.currentTimeMillis()).isBefore(deadline);
  }

  void start() {
    Duration left = Duration.between(Instant.ofEpochMilli(Workflow.currentTimeMillis()), deadline);
    if (left.isNegative() || left.isZero()) {
      onEnd.run();
      return;
    }
    timer =
        Workflow.newDetachedCancellationScope(
            () -> {
              TimerOptions options = TimerOptions.newBuilder().setSummary("lease").build();
              Promise<Void> end = Workflow.newTimer(left, options);
              // Of a cancelled timer the handler hears too.
              end.handle(
                  (nothing, cancelled) -> {
                    if (cancelled == null) {
                      onEnd.run();
                    }
                    return cancelled == null;
                  });
            });
    timer.run();
  }

  void move(Instant newDeadline) {
    stop();
    deadline = newDeadline;
    start();
  }

  void stop() {
    if (timer != null) {
      timer.cancel("the lease is moved or over");
      timer = null;
    }
  }
}
