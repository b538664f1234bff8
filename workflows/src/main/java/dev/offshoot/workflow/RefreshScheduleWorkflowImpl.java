package dev.offshoot.workflow;

import dev.offshoot.activity.ParentActivities;
import dev.offshoot.domain.ErrorCode;
import io.temporal.failure.ActivityFailure;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** See {@link ParentWorkflows.RefreshScheduleWorkflow}. */
public final class RefreshScheduleWorkflowImpl implements ParentWorkflows.RefreshScheduleWorkflow {
  /** Rounds in one run, so that no history grows for ever. */
  static final int ROUNDS = 50;

  /** After a refresh that failed; the copy that stands is used meanwhile. */
  static final Duration AFTER_FAILURE = Duration.ofMinutes(10);

  private boolean woken;

  @Override
  public void run(ParentActivities.RefreshSource request) {
    for (int round = 0; round < ROUNDS; round++) {
      woken = false;
      @Nullable Duration next = refreshIfDue(request);
      if (next == null) {
        return;
      }
      Workflow.await(next, () -> woken);
    }
    Workflow.continueAsNew(request);
  }

  private static @Nullable Duration refreshIfDue(ParentActivities.RefreshSource request) {
    try {
      return ParentWorkflows.refreshing().refreshIfDue(request).in();
    } catch (ActivityFailure e) {
      ErrorCode why = Failures.fromTemporal(e).code();
      if (why == ErrorCode.CANCELLED) {
        throw e;
      }
      return why == ErrorCode.UNKNOWN_PARENT || why == ErrorCode.BAD_SPEC ? null : AFTER_FAILURE;
    }
  }

  @Override
  public void wake() {
    woken = true;
  }
}
