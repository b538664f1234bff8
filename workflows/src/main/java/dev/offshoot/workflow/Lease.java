package dev.offshoot.workflow;

import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Promise;
import io.temporal.workflow.TimerOptions;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The branch's right to exist: a durable timer that can be moved. It strikes a while before the end
 * too, as a reminder, and is started again for the rest: whoever decides in time has paid for one
 * timer only. The timer lives in a cancellation scope of its own, because {@code Workflow.await}
 * with a time limit would leave its timer behind.
 */
final class Lease {
  /** Before the end, at most; a quarter of the time where that is less. */
  private static final Duration LONGEST_NOTICE = Duration.ofHours(1);

  /** Of less nobody makes use. */
  private static final Duration SHORTEST_NOTICE = Duration.ofMinutes(1);

  private final Runnable onReminder;
  private final Runnable onEnd;
  private Instant deadline;
  private @Nullable CancellationScope timer;

  /** Does not run before {@link #start}. */
  Lease(Instant deadline, Runnable onReminder, Runnable onEnd) {
    this.deadline = deadline;
    this.onReminder = onReminder;
    this.onEnd = onEnd;
  }

  Instant deadline() {
    return deadline;
  }

  boolean isOver() {
    return !Instant.ofEpochMilli(Workflow.currentTimeMillis()).isBefore(deadline);
  }

  void start() {
    Duration left = left();
    Duration notice = min(LONGEST_NOTICE, left.dividedBy(4));
    // Experiments that began before there were reminders have one timer.
    if (notice.compareTo(SHORTEST_NOTICE) < 0
        || Workflow.getVersion("reminder", Workflow.DEFAULT_VERSION, 1)
            == Workflow.DEFAULT_VERSION) {
      startTimer(left, onEnd);
      return;
    }
    startTimer(
        left.minus(notice),
        () -> {
          onReminder.run();
          startTimer(left(), onEnd);
        });
  }

  private void startTimer(Duration left, Runnable then) {
    if (left.isNegative() || left.isZero()) {
      then.run();
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
                      then.run();
                    }
                    return cancelled == null;
                  });
            });
    timer.run();
  }

  private Duration left() {
    return Duration.between(Instant.ofEpochMilli(Workflow.currentTimeMillis()), deadline);
  }

  private static Duration min(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
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
