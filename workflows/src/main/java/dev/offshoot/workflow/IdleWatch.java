package dev.offshoot.workflow;

import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Promise;
import io.temporal.workflow.TimerOptions;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Ends a session to which nobody sends anything. One timer runs at a time, and is started again for
 * the rest where something came meanwhile: a message costs no timer of its own. Deterministic
 * workflow code.
 */
final class IdleWatch {
  private final Duration idle;
  private final Runnable onIdle;
  private final BooleanSupplier otherwiseBusy;
  private Instant last;
  private int atWork;
  private @Nullable CancellationScope timer;

  /**
   * @param otherwiseBusy whether somebody else watches, and it is not to strike
   */
  IdleWatch(Duration idle, BooleanSupplier otherwiseBusy, Runnable onIdle) {
    this.idle = idle;
    this.otherwiseBusy = otherwiseBusy;
    this.onIdle = onIdle;
    this.last = now();
  }

  void start() {
    startTimer(idle);
  }

  void stop() {
    if (timer != null) {
      timer.cancel("the session has ended");
      timer = null;
    }
  }

  /** A message is being worked on. */
  void begun() {
    atWork++;
  }

  /** It is answered. */
  void done() {
    atWork--;
    last = now();
  }

  /** Whether nothing is being worked on. */
  boolean isQuiet() {
    return atWork == 0;
  }

  /** When it strikes if nothing comes. */
  Instant until() {
    return last.plus(idle);
  }

  private void startTimer(Duration left) {
    timer =
        Workflow.newDetachedCancellationScope(
            () -> {
              TimerOptions options = TimerOptions.newBuilder().setSummary("idle").build();
              Promise<Void> end = Workflow.newTimer(left, options);
              end.handle(
                  (nothing, cancelled) -> {
                    if (cancelled == null) {
                      struck();
                    }
                    return cancelled == null;
                  });
            });
    timer.run();
  }

  private void struck() {
    Duration left =
        atWork > 0 || otherwiseBusy.getAsBoolean() ? idle : Duration.between(now(), until());
    if (left.isNegative() || left.isZero()) {
      onIdle.run();
    } else {
      startTimer(left);
    }
  }

  private static Instant now() {
    return Instant.ofEpochMilli(Workflow.currentTimeMillis());
  }
}
