package dev.offshoot.workflow;

import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentOutcome;
import dev.offshoot.domain.Failure;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.VariantsOutcome;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.ChildWorkflowFailure;
import io.temporal.failure.TerminatedFailure;
import io.temporal.failure.TimeoutFailure;
import org.jspecify.annotations.Nullable;

/**
 * The one place that turns Offshoot's exceptions into Temporal failures and back: type = {@link
 * ErrorCode}, first detail = {@link Failure}, retryable as the code says.
 */
public final class Failures {
  private Failures() {}

  /** For activities to throw. The cause is left out: its text may hold what must not leave. */
  public static ApplicationFailure toTemporal(OffshootException exception) {
    Failure failure = exception.failure();
    return ApplicationFailure.newBuilder()
        .setMessage(failure.message())
        .setType(failure.code().name())
        .setNonRetryable(!failure.code().retryable())
        .setDetails(failure)
        .build();
  }

  /** For a workflow to fail with: the failure, and the outcome for whoever catches it. */
  static ApplicationFailure ofExperiment(Failure failure, ExperimentOutcome outcome) {
    return ApplicationFailure.newBuilder()
        .setMessage(failure.message())
        .setType(failure.code().name())
        .setNonRetryable(true)
        .setDetails(failure, outcome)
        .build();
  }

  /** The same for the workflow of a group. */
  static ApplicationFailure ofGroup(Failure failure, VariantsOutcome outcome) {
    return ApplicationFailure.newBuilder()
        .setMessage(failure.message())
        .setType(failure.code().name())
        .setNonRetryable(true)
        .setDetails(failure, outcome)
        .build();
  }

  /** What is known of any failure that a workflow or client sees. */
  public static Failure fromTemporal(Throwable throwable) {
    for (@Nullable Throwable t = throwable; t != null; t = t.getCause()) {
      if (t instanceof OffshootException offshoot) {
        return offshoot.failure();
      }
      if (t instanceof ApplicationFailure application) {
        return ofApplication(application);
      }
      if (t instanceof CanceledFailure) {
        return Failure.of(ErrorCode.CANCELLED, "cancelled");
      }
      if (t instanceof TerminatedFailure) {
        return Failure.of(ErrorCode.CANCELLED, "the session's workflow was terminated");
      }
      if (t instanceof TimeoutFailure timeout) {
        return Failure.of(
            ErrorCode.CONNECTION_LOST,
            "no answer from the worker in time (%s)".formatted(timeout.getTimeoutType()));
      }
    }
    @Nullable String message = throwable.getMessage();
    return Failure.of(
        ErrorCode.INTERNAL, message == null ? throwable.getClass().getSimpleName() : message);
  }

  /** Whether a failed step was cancelled rather than broken. */
  public static boolean isCancellation(Throwable throwable) {
    return throwable instanceof CanceledFailure
        || ((throwable instanceof ActivityFailure || throwable instanceof ChildWorkflowFailure)
            && throwable.getCause() instanceof CanceledFailure);
  }

  private static Failure ofApplication(ApplicationFailure application) {
    ErrorCode code = ErrorCode.INTERNAL;
    for (ErrorCode known : ErrorCode.values()) {
      if (known.name().equals(application.getType())) {
        code = known;
      }
    }
    if (code != ErrorCode.INTERNAL && application.getDetails().getSize() > 0) {
      @Nullable Failure detail = application.getDetails().get(Failure.class);
      if (detail != null) {
        return detail;
      }
    }
    return Failure.of(code, application.getOriginalMessage());
  }
}
