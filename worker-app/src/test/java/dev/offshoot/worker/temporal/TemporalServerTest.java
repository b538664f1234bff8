package dev.offshoot.worker.temporal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.worker.stack.EmbeddedTemporalServer;
import dev.offshoot.worker.temporal.WorkflowOwners.Owner;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.serviceclient.WorkflowServiceStubs;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TemporalServerTest {
  private final List<WorkflowServiceStubs> opened = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    opened.forEach(WorkflowServiceStubs::shutdownNow);
  }

  @Test
  void serverThatComesLater_isWaitedFor_andEachWaitSaysWhatIsMissing() throws Exception {
    int port = freePort();
    TemporalServer server = server(TemporalTarget.local("127.0.0.1:" + port, true));
    List<String> missing = new CopyOnWriteArrayList<>();
    Patience patience = new Patience(Duration.ofMillis(20), Duration.ofMillis(100));
    Thread waiting =
        new Thread(
            () -> {
              try {
                patience.until(server::requireReachable, missing::add);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    waiting.start();
    while (missing.size() < 2) {
      Thread.sleep(10);
    }

    try (EmbeddedTemporalServer late = EmbeddedTemporalServer.start(port, Map.of())) {
      waiting.join(TimeUnit.SECONDS.toMillis(20));

      assertThat(waiting.isAlive()).isFalse();
      assertThat(missing)
          .allSatisfy(text -> assertThat(text).contains(late.address(), "does not answer"));
    }
  }

  @Test
  void giveUp_endsTheWaiting() throws Exception {
    Patience patience = new Patience(Duration.ofMinutes(1), Duration.ofMinutes(1));
    Thread ending = new Thread(patience::giveUp);

    boolean worked =
        patience.until(
            () -> {
              throw new NotYet("it is not there");
            },
            what -> ending.start());

    assertThat(worked).isFalse();
  }

  @Test
  void searchAttributes_areRegisteredOnce_andFineWhenTheyAreThere() {
    try (EmbeddedTemporalServer temporal = EmbeddedTemporalServer.start(0, Map.of())) {
      TemporalServer server = server(TemporalTarget.local(temporal.address(), true));

      assertThatCode(server::requireSearchAttributes).doesNotThrowAnyException();
      assertThatCode(server::requireSearchAttributes).doesNotThrowAnyException();
    }
  }

  @Test
  void owner_isAliveEndedOrUnknown() {
    try (EmbeddedTemporalServer temporal = EmbeddedTemporalServer.start(0, Map.of())) {
      TemporalTarget target = TemporalTarget.local(temporal.address(), true);
      WorkflowServiceStubs stubs = stubs(target);
      WorkflowOwners owners = new WorkflowOwners(target, stubs);
      WorkflowStub workflow =
          WorkflowClient.newInstance(stubs)
              .newUntypedWorkflowStub(
                  "Any",
                  WorkflowOptions.newBuilder()
                      .setWorkflowId("experiment-a")
                      .setTaskQueue("nobody")
                      .build());
      WorkflowExecution run = workflow.start();

      assertThat(owners.look(run.getWorkflowId(), run.getRunId())).isInstanceOf(Owner.Alive.class);
      assertThat(owners.look("experiment-b", run.getRunId())).isInstanceOf(Owner.Unknown.class);

      workflow.terminate("test");
      assertThat(owners.look(run.getWorkflowId(), run.getRunId()))
          .isInstanceOfSatisfying(
              Owner.Ended.class,
              ended -> assertThat(ended.at()).isBetween(past(), java.time.Instant.now()));
    }
  }

  @Test
  void unreachableServer_isNotYet() throws IOException {
    TemporalServer server = server(TemporalTarget.local("127.0.0.1:" + freePort(), false));

    assertThatThrownBy(server::requireReachable)
        .isInstanceOf(NotYet.class)
        .hasMessageContaining("does not answer");
    assertThatThrownBy(server::requireSearchAttributes).isInstanceOf(NotYet.class);
  }

  private static java.time.Instant past() {
    return java.time.Instant.now().minusSeconds(60);
  }

  private TemporalServer server(TemporalTarget target) {
    return new TemporalServer(target, stubs(target));
  }

  private WorkflowServiceStubs stubs(TemporalTarget target) {
    WorkflowServiceStubs stubs = WorkflowServiceStubs.newServiceStubs(target.options());
    opened.add(stubs);
    return stubs;
  }

  private static int freePort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    }
  }
}
