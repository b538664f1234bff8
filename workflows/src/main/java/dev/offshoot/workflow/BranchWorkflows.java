package dev.offshoot.workflow;

import dev.offshoot.activity.JanitorActivities;
import dev.offshoot.domain.BranchView;
import dev.offshoot.domain.SweepReport;
import io.temporal.activity.ActivityOptions;
import io.temporal.common.RetryOptions;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import java.util.List;

/** What is asked and done about all branches together. */
public final class BranchWorkflows {
  /** Under this id a Temporal server that has schedules keeps the janitor's. */
  public static final String JANITOR = "offshoot-janitor";

  private static final Duration LONGEST_SWEEP = Duration.ofMinutes(30);
  private static final Duration HEARTBEAT = Duration.ofSeconds(20);

  private BranchWorkflows() {}

  /** A person waits for the answer, so it comes soon or not at all. */
  static JanitorActivities looking() {
    return Workflow.newActivityStub(
        JanitorActivities.class,
        ActivityOptions.newBuilder()
            .setStartToCloseTimeout(Duration.ofSeconds(30))
            .setScheduleToCloseTimeout(Duration.ofMinutes(1))
            .build());
  }

  /** Tried once: the next round comes soon. */
  static JanitorActivities sweeping() {
    return Workflow.newActivityStub(
        JanitorActivities.class,
        ActivityOptions.newBuilder()
            .setStartToCloseTimeout(LONGEST_SWEEP)
            .setHeartbeatTimeout(HEARTBEAT)
            .setRetryOptions(RetryOptions.newBuilder().setMaximumAttempts(1).build())
            .build());
  }

  /** One round of the janitor. */
  @WorkflowInterface
  public interface SweepWorkflow {
    @WorkflowMethod(name = "Sweep")
    SweepReport run();
  }

  /** Branches as they are. */
  @WorkflowInterface
  public interface ViewBranchesWorkflow {
    @WorkflowMethod(name = "ViewBranches")
    List<BranchView> run(JanitorActivities.ViewBranches request);
  }
}
