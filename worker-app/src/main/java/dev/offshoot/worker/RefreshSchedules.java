package dev.offshoot.worker;

import dev.offshoot.activity.ParentActivities.RefreshSource;
import dev.offshoot.branch.Parents;
import dev.offshoot.branch.SourceConfig;
import dev.offshoot.worker.temporal.NotYet;
import dev.offshoot.workflow.OffshootNames;
import dev.offshoot.workflow.ParentWorkflows;
import io.grpc.StatusRuntimeException;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowServiceException;

/**
 * Has source copies made anew on their schedule, by one long workflow for each parent: unlike
 * Temporal's schedules the embedded server has it, too. It ends by itself when the configuration
 * does not want it any more.
 */
final class RefreshSchedules {
  private RefreshSchedules() {}

  /**
   * Starts the schedules that do not run, and has those that do look at the configuration.
   *
   * @throws NotYet if Temporal does not answer
   */
  static void start(WorkflowClient client, Parents parents) {
    for (Parents.Parent parent : parents.all()) {
      SourceConfig source = parent.config().copying().source();
      if (source != null && source.refreshEvery() != null) {
        start(client, parent.config().name());
      }
    }
  }

  private static void start(WorkflowClient client, String parent) {
    WorkflowOptions options =
        WorkflowOptions.newBuilder()
            .setWorkflowId(ParentWorkflows.scheduleId(parent))
            .setTaskQueue(OffshootNames.TASK_QUEUE)
            .build();
    try {
      client
          .newUntypedWorkflowStub("RefreshSchedule", options)
          .signalWithStart("wake", new Object[0], new Object[] {new RefreshSource(parent)});
    } catch (StatusRuntimeException | WorkflowServiceException e) {
      throw new NotYet("the refresh schedule of parent %s was not started".formatted(parent), e);
    }
  }
}
