package dev.offshoot.workflow;

import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.Failure;
import io.temporal.failure.ActivityFailure;
import io.temporal.workflow.Functions;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.function.Consumer;

/** Whoever is told to wait for room asks again, at first often. Deterministic workflow code. */
final class WaitingForRoom {
  /** A month of asking fits into a history. */
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(2);

  /** Shorter than what the ledger takes for a sign of life. */
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(8);

  /** A pause is this part of the time that was waited. */
  private static final int PATIENCE = 20;

  private WaitingForRoom() {}

  /**
   * Tries a step until there is room for what it makes.
   *
   * @param told hears why it must wait, as often as it must
   */
  static <T> T until(Functions.Func<T> step, Consumer<String> told) {
    long begun = Workflow.currentTimeMillis();
    while (true) {
      try {
        return step.apply();
      } catch (ActivityFailure e) {
        Failure failure = Failures.fromTemporal(e);
        if (failure.code() != ErrorCode.QUEUED) {
          throw e;
        }
        told.accept(failure.message());
      }
      Workflow.sleep(pause(Duration.ofMillis(Workflow.currentTimeMillis() - begun)));
    }
  }

  private static Duration pause(Duration waited) {
    Duration part = waited.dividedBy(PATIENCE);
    if (part.compareTo(FIRST_PAUSE) < 0) {
      return FIRST_PAUSE;
    }
    return part.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : part;
  }
}
