package dev.offshoot.worker.temporal;

import com.google.protobuf.util.Timestamps;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.serviceclient.WorkflowServiceStubs;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Asks the server whether the workflow run that owns a branch still runs. Thread-safe. */
public final class WorkflowOwners {
  private static final int ANSWER_SECONDS = 10;

  private final TemporalTarget target;
  private final WorkflowServiceStubs stubs;

  public WorkflowOwners(TemporalTarget target, WorkflowServiceStubs stubs) {
    this.target = target;
    this.stubs = stubs;
  }

  /** How an owner is. */
  public sealed interface Owner {
    /** It runs. */
    record Alive() implements Owner {}

    /**
     * It has ended.
     *
     * @param at when
     * @param how in Temporal's word, such as terminated
     */
    record Ended(Instant at, String how) implements Owner {}

    /** The server knows no such run. */
    record Unknown() implements Owner {}
  }

  /**
   * How the owner is. A run that has ended, or that nobody knows any more, may live on in another
   * of the same workflow, as after a reset.
   *
   * @throws StatusRuntimeException if the server does not say
   */
  public Owner look(String workflowId, String runId) {
    Owner owner = describe(workflowId, runId);
    boolean livesOn =
        !(owner instanceof Owner.Alive) && describe(workflowId, "") instanceof Owner.Alive;
    return livesOn ? new Owner.Alive() : owner;
  }

  /**
   * @param runId which run; empty for the latest
   */
  private Owner describe(String workflowId, String runId) {
    WorkflowExecutionInfo run;
    try {
      run =
          stubs
              .blockingStub()
              .withDeadlineAfter(ANSWER_SECONDS, TimeUnit.SECONDS)
              .describeWorkflowExecution(
                  DescribeWorkflowExecutionRequest.newBuilder()
                      .setNamespace(target.namespace())
                      .setExecution(
                          WorkflowExecution.newBuilder().setWorkflowId(workflowId).setRunId(runId))
                      .build())
              .getWorkflowExecutionInfo();
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
        return new Owner.Unknown();
      }
      throw e;
    }
    boolean runs =
        run.getStatus() == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING
            || !run.hasCloseTime();
    return runs
        ? new Owner.Alive()
        : new Owner.Ended(
            Instant.ofEpochMilli(Timestamps.toMillis(run.getCloseTime())), word(run.getStatus()));
  }

  private static String word(WorkflowExecutionStatus status) {
    return status.name().replaceFirst("^WORKFLOW_EXECUTION_STATUS_", "").toLowerCase(Locale.ROOT);
  }
}
