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
import io.temporal.client.WorkflowStub;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an experiment costs where Temporal is paid for by the action. */
@Timeout(60)
class ActionsTest {
  private static final int MOST = 12;

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

      long actions = client.experiment(new ExperimentId("counted")).actions();

      System.out.println("actions of the plain path: " + actions + " of " + MOST);
      assertThat(actions).isBetween(8L, (long) MOST);
    }
  }
}
