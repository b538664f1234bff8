package dev.offshoot.cli;

import dev.offshoot.activity.ParentActivities.RefreshSource;
import dev.offshoot.domain.RefreshReport;
import dev.offshoot.domain.ShownText;
import dev.offshoot.workflow.Failures;
import dev.offshoot.workflow.OffshootNames;
import dev.offshoot.workflow.ParentWorkflows;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Has a source copy made anew and shows what its step's heartbeat says. */
final class RefreshWatch {
  private static final long POLL_MILLIS = 500;
  private static final int TEXT_LIMIT = 200;

  private final Connection connection;
  private final Output output;
  private final boolean verbose;
  private String latest = "";

  RefreshWatch(Connection connection, Output output, boolean verbose) {
    this.connection = connection;
    this.output = output;
    this.verbose = verbose;
  }

  /** Starts it, or joins the one that runs already. */
  RefreshReport refresh(String parent) throws InterruptedException {
    WorkflowStub workflow = startedOrRunning(parent);
    CompletableFuture<RefreshReport> result = workflow.getResultAsync(RefreshReport.class);
    while (true) {
      try {
        RefreshReport report = result.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
        output.passing("");
        return report;
      } catch (TimeoutException e) {
        workflow.describe().getRawDescription().getPendingActivitiesList().forEach(this::show);
      } catch (ExecutionException e) {
        output.passing("");
        if (e.getCause() instanceof RuntimeException cause) {
          throw cause;
        }
        throw new IllegalStateException(e);
      }
    }
  }

  private WorkflowStub startedOrRunning(String parent) {
    String id = ParentWorkflows.refreshId(parent);
    WorkflowStub workflow =
        connection
            .temporal()
            .newUntypedWorkflowStub(
                "RefreshSource",
                WorkflowOptions.newBuilder()
                    .setWorkflowId(id)
                    .setTaskQueue(OffshootNames.TASK_QUEUE)
                    .build());
    try {
      var unused = workflow.start(new RefreshSource(parent));
      return workflow;
    } catch (WorkflowExecutionAlreadyStarted e) {
      output.message("it is being refreshed already: following that");
      return connection.temporal().newUntypedWorkflowStub(id);
    }
  }

  private void show(PendingActivityInfo step) {
    String what = "waiting for a worker";
    if (step.hasHeartbeatDetails()) {
      what = heartbeat(step.getHeartbeatDetails());
    } else if (step.hasLastFailure()) {
      what =
          "trying again: "
              + Failures.fromTemporal(
                      connection.converter().failureToException(step.getLastFailure()))
                  .message();
    }
    String shown = ShownText.oneLine(what, TEXT_LIMIT);
    if (!verbose) {
      output.passing(output.colour().faint("  … " + shown));
    } else if (!shown.equals(latest)) {
      latest = shown;
      output.message(shown);
    }
  }

  private String heartbeat(Payloads details) {
    return Optional.ofNullable(
            connection
                .converter()
                .fromPayloads(0, Optional.of(details), String.class, String.class))
        .orElse("");
  }
}
