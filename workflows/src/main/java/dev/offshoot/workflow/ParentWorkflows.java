package dev.offshoot.workflow;

import dev.offshoot.activity.ParentActivities;
import dev.offshoot.domain.ParentView;
import dev.offshoot.domain.RefreshReport;
import io.temporal.activity.ActivityCancellationType;
import io.temporal.activity.ActivityOptions;
import io.temporal.common.RetryOptions;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import java.util.List;

/** What is asked and done about parents, through Temporal since only the worker can reach them. */
public final class ParentWorkflows {
  private static final Duration LONGEST_REFRESH = Duration.ofHours(24);
  private static final Duration HEARTBEAT = Duration.ofSeconds(10);

  private ParentWorkflows() {}

  /** By this id two who refresh at once are one. */
  public static String refreshId(String parent) {
    return "offshoot-refresh-" + parent;
  }

  /** By this id workers that start find the schedule that runs. */
  public static String scheduleId(String parent) {
    return "offshoot-refresh-schedule-" + parent;
  }

  /** A person waits for the answer, so it comes soon or not at all. */
  static ParentActivities looking() {
    return Workflow.newActivityStub(
        ParentActivities.class,
        ActivityOptions.newBuilder()
            .setStartToCloseTimeout(Duration.ofSeconds(30))
            .setScheduleToCloseTimeout(Duration.ofMinutes(1))
            .build());
  }

  static ParentActivities refreshing() {
    return Workflow.newActivityStub(
        ParentActivities.class,
        ActivityOptions.newBuilder()
            .setStartToCloseTimeout(LONGEST_REFRESH)
            .setHeartbeatTimeout(HEARTBEAT)
            .setRetryOptions(
                RetryOptions.newBuilder()
                    .setInitialInterval(Duration.ofSeconds(2))
                    .setMaximumAttempts(3)
                    .build())
            .setCancellationType(ActivityCancellationType.WAIT_CANCELLATION_COMPLETED)
            .build());
  }

  /** The parents as they are. */
  @WorkflowInterface
  public interface ViewParentsWorkflow {
    @WorkflowMethod(name = "ViewParents")
    List<ParentView> run(ParentActivities.ViewParents request);
  }

  /** Makes a source copy anew; its activity's heartbeat says how far it is. */
  @WorkflowInterface
  public interface RefreshSourceWorkflow {
    @WorkflowMethod(name = "RefreshSource")
    RefreshReport run(ParentActivities.RefreshSource request);
  }

  /**
   * Makes a source copy anew whenever it is as old as the configuration lets it become, for as long
   * as the configuration says so.
   */
  @WorkflowInterface
  public interface RefreshScheduleWorkflow {
    @WorkflowMethod(name = "RefreshSchedule")
    void run(ParentActivities.RefreshSource request);

    /** Looks at once, as after a change of the configuration. */
    @SignalMethod(name = "wake")
    void wake();
  }
}
