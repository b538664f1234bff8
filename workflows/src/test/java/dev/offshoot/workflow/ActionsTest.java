package dev.offshoot.workflow;

import static dev.offshoot.workflow.ExperimentRun.awaitStatus;
import static dev.offshoot.workflow.ExperimentRun.by;
import static dev.offshoot.workflow.ExperimentRun.result;
import static dev.offshoot.workflow.ExperimentRun.spec;
import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.client.OffshootClient;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.Outcome;
import dev.offshoot.domain.Stage;
import io.temporal.api.enums.v1.EventType;
import io.temporal.client.WorkflowStub;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an experiment costs where Temporal is paid for by the action. */
@Timeout(60)
class ActionsTest {
  private static final int MOST = 12;

  /** https://docs.temporal.io/cloud/actions, of those that stand in a history. */
  private static final Set<EventType> ACTIONS =
      EnumSet.of(
          EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
          EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
          EventType.EVENT_TYPE_TIMER_STARTED,
          EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
          EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED,
          EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES);

  @Test
  void plainPath_startedByOurClients_takesTwelve() {
    try (ExperimentRun run = new ExperimentRun("unused")) {
      OffshootClient client = OffshootClient.over(run.temporal.getWorkflowClient());
      client.start(new ExperimentId("counted"), spec().build());
      WorkflowStub stub =
          run.temporal.getWorkflowClient().newUntypedWorkflowStub("experiment-counted");
      awaitStatus(stub, status -> status.stage() == Stage.AWAITING_DECISION);
      stub.signal("approve", by("ada"));
      assertThat(result(stub).outcome()).isEqualTo(Outcome.MERGED);

      List<EventType> actions =
          run.temporal.getWorkflowClient().fetchHistory("experiment-counted").getEvents().stream()
              .map(event -> event.getEventType())
              .filter(ACTIONS::contains)
              .toList();

      System.out.println("actions of the plain path: " + actions.size() + " of " + MOST);
      assertThat(actions).hasSizeLessThanOrEqualTo(MOST);
    }
  }
}
