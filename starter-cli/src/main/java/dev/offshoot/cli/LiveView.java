package dev.offshoot.cli;

import dev.offshoot.client.Experiment;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.Stage;
import dev.offshoot.workflow.Failures;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse;
import io.temporal.client.WorkflowServiceException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Follows one experiment and shows each event once: as lines, or as JSON lines. */
final class LiveView {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final int POLLS_BETWEEN_DESCRIPTIONS = 5;

  /** How long a server or worker may be away before the view gives up. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Connection connection;
  private final Output output;
  private final ProgressReader reader = new ProgressReader();
  private final ProgressText text;
  private final Map<String, Integer> attemptsSeen = new HashMap<>();
  private boolean awaySaid;

  LiveView(Connection connection, Output output) {
    this.connection = connection;
    this.output = output;
    this.text = new ProgressText(output.colour(), output.terminal().columns());
  }

  /**
   * Shows what happens until the state is as wanted or the workflow has ended.
   *
   * @return the last state
   * @throws CliException if its workflow was ended from outside without an outcome
   */
  ExperimentStatus follow(Experiment experiment, Predicate<ExperimentStatus> until)
      throws InterruptedException {
    for (int poll = 1; ; poll++) {
      ExperimentStatus status = patiently(experiment);
      show(reader.next(status, Instant.now()));
      if (until.test(status) || status.stage() == Stage.CLOSED) {
        output.passing("");
        return status;
      }
      passing(status);
      if (poll % POLLS_BETWEEN_DESCRIPTIONS == 0) {
        describe(experiment);
      }
      Thread.sleep(POLL.toMillis());
    }
  }

  /** Takes what happened up to {@code status} as known. */
  void skip(ExperimentStatus status) {
    var unused = reader.next(status, Instant.now());
  }

  private ExperimentStatus patiently(Experiment experiment) throws InterruptedException {
    Instant end = Instant.now().plus(PATIENCE);
    while (true) {
      try {
        return experiment.status();
      } catch (StatusRuntimeException | WorkflowServiceException e) {
        if (!isAbsence(e) || Instant.now().isAfter(end)) {
          throw e;
        }
        if (!awaySaid) {
          awaySaid = true;
          output.message("waiting for the Temporal server or a worker to answer …");
        }
        Thread.sleep(POLL.toMillis());
      }
    }
  }

  private static boolean isAbsence(Throwable e) {
    for (@Nullable Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof StatusRuntimeException rpc) {
        Status.Code code = rpc.getStatus().getCode();
        return code == Status.Code.UNAVAILABLE
            || code == Status.Code.DEADLINE_EXCEEDED
            || code == Status.Code.FAILED_PRECONDITION;
      }
    }
    return false;
  }

  private void show(List<ProgressEvent> events) {
    for (ProgressEvent event : events) {
      if (output.forPeople()) {
        output.passing("");
        output.lines(text.lines(event));
      } else if (output.format() == Output.Format.JSONL) {
        output.document(event);
      }
    }
  }

  private void passing(ExperimentStatus status) {
    Duration since = Duration.between(status.startedAt(), Instant.now());
    output.passing(
        output
            .colour()
            .faint(
                "  … %s, %s"
                    .formatted(
                        status.stage().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                        Numbers.millis(Math.max(0, since.toMillis() / 100 * 100)))));
  }

  /** What the status cannot know: steps that are being tried again, and a violent end. */
  private void describe(Experiment experiment) {
    DescribeWorkflowExecutionResponse description =
        connection
            .temporal()
            .newUntypedWorkflowStub(experiment.id().workflowId())
            .describe()
            .getRawDescription();
    for (PendingActivityInfo pending : description.getPendingActivitiesList()) {
      int before = attemptsSeen.getOrDefault(pending.getActivityId(), 1);
      if (pending.getAttempt() > before && pending.hasLastFailure()) {
        attemptsSeen.put(pending.getActivityId(), pending.getAttempt());
        String why =
            Failures.fromTemporal(
                    connection.converter().failureToException(pending.getLastFailure()))
                .message();
        ProgressEvent.Retry retry =
            new ProgressEvent.Retry(pending.getActivityType().getName(), pending.getAttempt(), why);
        show(List.of(new ProgressEvent(ProgressEvent.Kind.RETRY, Instant.now(), retry)));
      }
    }
    WorkflowExecutionStatus state = description.getWorkflowExecutionInfo().getStatus();
    if (state != WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING
        && experiment.status().stage() != Stage.CLOSED) {
      throw new OffshootException(
          ErrorCode.CANCELLED,
          "the workflow of experiment %s was ended from outside (%s)"
              .formatted(experiment.id(), state.name().replace("WORKFLOW_EXECUTION_STATUS_", "")));
    }
  }
}
