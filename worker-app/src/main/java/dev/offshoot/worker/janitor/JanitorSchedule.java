package dev.offshoot.worker.janitor;

import dev.offshoot.worker.temporal.NotYet;
import dev.offshoot.workflow.BranchWorkflows;
import dev.offshoot.workflow.OffshootNames;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.ScheduleOverlapPolicy;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.schedules.Schedule;
import io.temporal.client.schedules.ScheduleActionStartWorkflow;
import io.temporal.client.schedules.ScheduleAlreadyRunningException;
import io.temporal.client.schedules.ScheduleClient;
import io.temporal.client.schedules.ScheduleException;
import io.temporal.client.schedules.ScheduleIntervalSpec;
import io.temporal.client.schedules.ScheduleOptions;
import io.temporal.client.schedules.SchedulePolicy;
import io.temporal.client.schedules.ScheduleSpec;
import io.temporal.client.schedules.ScheduleUpdate;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The janitor's rounds as a schedule of the Temporal server: one for all workers, seen in its UI,
 * where it can be paused and run at once.
 */
public final class JanitorSchedule {
  private static final Logger LOG = LoggerFactory.getLogger(JanitorSchedule.class);

  /** Rounds that were missed for longer than this are not made up for: one is enough. */
  private static final Duration CATCH_UP = Duration.ofMinutes(1);

  private static final Set<Status.Code> REFUSED =
      Set.of(Status.Code.UNIMPLEMENTED, Status.Code.PERMISSION_DENIED, Status.Code.UNAUTHENTICATED);

  private JanitorSchedule() {}

  /**
   * Makes the schedule, or sets its time where it is there.
   *
   * @return whether there is one; not if the server has none or does not let us
   * @throws NotYet if the server does not answer
   */
  public static boolean start(ScheduleClient schedules, Duration every) {
    try {
      schedules.createSchedule(
          BranchWorkflows.JANITOR, schedule(every), ScheduleOptions.newBuilder().build());
      return true;
    } catch (ScheduleAlreadyRunningException e) {
      schedules
          .getHandle(BranchWorkflows.JANITOR)
          .update(
              now ->
                  new ScheduleUpdate(
                      Schedule.newBuilder(now.getDescription().getSchedule())
                          .setSpec(spec(every))
                          .build()));
      return true;
    } catch (ScheduleException | StatusRuntimeException e) {
      Status.Code code = code(e);
      if (REFUSED.contains(code)) {
        LOG.warn(
            "Temporal has no schedule for the janitor ({}); this worker looks by its own clock",
            code);
        return false;
      }
      throw new NotYet("the janitor's schedule was not made (%s)".formatted(code), e);
    }
  }

  private static Schedule schedule(Duration every) {
    return Schedule.newBuilder()
        .setAction(
            ScheduleActionStartWorkflow.newBuilder()
                .setWorkflowType(BranchWorkflows.SweepWorkflow.class)
                .setOptions(
                    WorkflowOptions.newBuilder()
                        .setWorkflowId(BranchWorkflows.JANITOR)
                        .setTaskQueue(OffshootNames.TASK_QUEUE)
                        .build())
                .build())
        .setSpec(spec(every))
        .setPolicy(
            SchedulePolicy.newBuilder()
                .setOverlap(ScheduleOverlapPolicy.SCHEDULE_OVERLAP_POLICY_SKIP)
                .setCatchupWindow(CATCH_UP)
                .build())
        .build();
  }

  private static ScheduleSpec spec(Duration every) {
    return ScheduleSpec.newBuilder().setIntervals(List.of(new ScheduleIntervalSpec(every))).build();
  }

  private static Status.Code code(Throwable failure) {
    for (@Nullable Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof StatusRuntimeException status) {
        return status.getStatus().getCode();
      }
    }
    return Status.Code.UNKNOWN;
  }
}
