package dev.offshoot.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.activity.BranchActivities;
import dev.offshoot.domain.BranchInfo;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.Failure;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.step.Step;
import dev.offshoot.worker.RunningWorker.FakeRooms;
import dev.offshoot.worker.stack.EmbeddedTemporalServer;
import dev.offshoot.worker.temporal.TemporalServer;
import dev.offshoot.worker.temporal.TemporalTarget;
import dev.offshoot.workflow.Failures;
import dev.offshoot.workflow.OffshootDataConverter;
import dev.offshoot.workflow.OffshootNames;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.serviceclient.WorkflowServiceStubs;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.MDC;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class WorkerLifecycleTest {
  private EmbeddedTemporalServer temporal;
  private WorkflowServiceStubs stubs;
  private WorkflowClient client;

  @BeforeEach
  void startTemporal() {
    temporal = EmbeddedTemporalServer.start(0, TemporalServer.searchAttributes());
    stubs = WorkflowServiceStubs.newServiceStubs(target().options());
    client =
        WorkflowClient.newInstance(
            stubs,
            WorkflowClientOptions.newBuilder()
                .setDataConverter(OffshootDataConverter.get())
                .build());
  }

  @AfterEach
  void stopTemporal() {
    stubs.shutdownNow();
    temporal.close();
  }

  @Test
  void runningStep_mayFinishAtShutdown_andPoolsCloseAfterIt() throws Exception {
    SlowBranches branches = new SlowBranches();
    FakeRooms rooms = new FakeRooms(branches);
    RunningWorker worker = RunningWorker.start(target(), rooms).awaitPolling();
    WorkflowStub experiment = start("slow", Map.of("goal", "g", "parent", "shop"));
    assertThat(branches.entered.await(20, TimeUnit.SECONDS)).isTrue();

    Thread shutdown = new Thread(worker::close);
    shutdown.start();
    // Longer than the heartbeat timeout: the step must be able to report while the worker ends.
    shutdown.join(TimeUnit.SECONDS.toMillis(8));
    assertThat(shutdown.isAlive()).isTrue();
    assertThat(rooms.closed).isFalse();
    branches.leave.countDown();
    shutdown.join(TimeUnit.SECONDS.toMillis(20));

    assertThat(rooms.closed).isTrue();
    assertThat(branches.interrupted).isFalse();
    assertThat(events(experiment))
        .extracting(HistoryEvent::getEventType)
        .contains(EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED)
        .doesNotContain(EventType.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT);
  }

  @Test
  void stepThatOutlivesTheGrace_isInterrupted_soThatTheProcessEnds() throws Exception {
    SlowBranches branches = new SlowBranches();
    RunningWorker worker =
        RunningWorker.start(
                target(), new FakeRooms(branches), "--offshoot.worker.shutdown-grace=1s")
            .awaitPolling();
    WorkflowStub experiment = start("too-slow", Map.of("goal", "g", "parent", "shop"));
    assertThat(branches.entered.await(20, TimeUnit.SECONDS)).isTrue();

    worker.close();

    RunningWorker.await(() -> branches.interrupted);
    experiment.terminate("test");
  }

  @Test
  void logLinesOfAStep_carryTheExperimentsId() throws Exception {
    SlowBranches branches = new SlowBranches();
    branches.leave.countDown();
    try (RunningWorker worker = RunningWorker.start(target(), new FakeRooms(branches))) {
      worker.awaitPolling();
      WorkflowStub experiment = start("logged", Map.of("goal", "g", "parent", "shop"));

      failureOf(experiment);

      assertThat(branches.experiment).isEqualTo("logged");
    }
  }

  @Test
  void inputThatCannotBeRead_failsTheWorkflowInsteadOfHangingIt() throws Exception {
    try (RunningWorker worker = RunningWorker.start(target(), new FakeRooms())) {
      worker.awaitPolling();

      WorkflowStub number = start("number", Map.of("goal", "g", "ttl", List.of(1, 2)));
      WorkflowStub text = start("text", "not an object");

      Failure ofNumber = Failures.fromTemporal(failureOf(number));
      assertThat(ofNumber.code()).isEqualTo(ErrorCode.BAD_SPEC);
      assertThat(ofNumber.message()).startsWith("ttl: a duration is a string like \"1h30m\"");
      Failure ofText = Failures.fromTemporal(failureOf(text));
      assertThat(ofText.code()).isEqualTo(ErrorCode.BAD_SPEC);
      assertThat(ofText.message()).startsWith("input: it is not a JSON object");
    }
  }

  @Test
  void specificationWithProblems_failsWithBadSpec() throws Exception {
    try (RunningWorker worker = RunningWorker.start(target(), new FakeRooms())) {
      worker.awaitPolling();

      WorkflowStub empty = start("empty", Map.of());

      assertThat(Failures.fromTemporal(failureOf(empty)).code()).isEqualTo(ErrorCode.BAD_SPEC);
    }
  }

  @Test
  void ledgerThatComesLater_isWaitedFor_withReadinessDown(CapturedOutput output) throws Exception {
    FakeRooms rooms = new FakeRooms();
    rooms.ledgerIsThere = false;
    try (RunningWorker worker = RunningWorker.start(target(), rooms)) {
      RunningWorker.await(
          () -> output.getAll().contains("the ledger does not answer; trying again"));
      assertThat(worker.get("/actuator/health/readiness").statusCode()).isEqualTo(503);
      assertThat(worker.get("/actuator/health/readiness").body())
          .contains("the ledger does not answer");
      assertThat(worker.get("/actuator/health/liveness").statusCode()).isEqualTo(200);

      rooms.ledgerIsThere = true;

      worker.awaitPolling();
      assertThat(worker.get("/actuator/health").body()).contains("\"polling\":true");
    }
  }

  @Test
  void noPasswordLeaves_byActuatorOrLog(CapturedOutput output) throws Exception {
    try (RunningWorker worker =
        RunningWorker.start(target(), new FakeRooms(), "--logging.level.dev.offshoot=DEBUG")) {
      worker.awaitPolling();

      for (String path :
          List.of(
              "health", "health/readiness", "info", "prometheus", "env", "configprops", "beans")) {
        assertThat(worker.get("/actuator/" + path).body())
            .as(path)
            .doesNotContain(RunningWorker.PASSWORD);
      }
      for (String hidden : List.of("env", "configprops", "beans", "heapdump", "shutdown")) {
        assertThat(worker.get("/actuator/" + hidden).statusCode()).as(hidden).isEqualTo(404);
      }
    }
    assertThat(output.getAll()).doesNotContain(RunningWorker.PASSWORD);
  }

  @Test
  void metrics_haveTemporalsAndOurs() throws Exception {
    SlowBranches branches = new SlowBranches();
    branches.leave.countDown();
    try (RunningWorker worker = RunningWorker.start(target(), new FakeRooms(branches))) {
      worker.awaitPolling();
      failureOf(start("counted", Map.of("goal", "g", "parent", "shop")));

      String metrics = worker.get("/actuator/prometheus").body();

      assertThat(metrics)
          .contains("offshoot_step_seconds_count{outcome=\"PARENT_BUSY\",step=\"CreateBranch\"} 1");
      // Temporal's reach Micrometer every 10 s.
      RunningWorker.await(
          () -> {
            try {
              return worker.get("/actuator/prometheus").body().contains("temporal_request_total");
            } catch (Exception e) {
              throw new AssertionError(e);
            }
          });
    }
  }

  private TemporalTarget target() {
    return TemporalTarget.local(temporal.address(), true);
  }

  private WorkflowStub start(String id, Object input) {
    WorkflowStub experiment =
        client.newUntypedWorkflowStub(
            "Experiment",
            WorkflowOptions.newBuilder()
                .setWorkflowId("experiment-" + id)
                .setTaskQueue(OffshootNames.TASK_QUEUE)
                .build());
    Object complete = input;
    if (input instanceof Map<?, ?> fields && fields.containsKey("parent")) {
      Map<Object, Object> all = new HashMap<>(fields);
      all.put("requestedBy", "agent");
      all.put("statements", List.of("SELECT 1"));
      complete = all;
    }
    experiment.start(complete);
    return experiment;
  }

  private static WorkflowFailedException failureOf(WorkflowStub experiment) throws Exception {
    try {
      experiment.getResult(30, TimeUnit.SECONDS, Object.class);
    } catch (WorkflowFailedException e) {
      return e;
    }
    throw new AssertionError("it did not fail");
  }

  private List<HistoryEvent> events(WorkflowStub experiment) {
    return client
        .fetchHistory(experiment.getExecution().getWorkflowId())
        .getHistory()
        .getEventsList();
  }

  /** Makes no branch, but takes its time for it. */
  private static final class SlowBranches implements BranchActivities {
    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch leave = new CountDownLatch(1);
    private volatile boolean interrupted;
    private volatile String experiment = "";

    @Override
    public BranchInfo createStem(CreateBranch request) {
      throw new UnsupportedOperationException();
    }

    @Override
    public BranchInfo createBranch(CreateBranch request) {
      return Step.run(
          progress -> {
            experiment = String.valueOf(MDC.get("experiment"));
            entered.countDown();
            try {
              if (!leave.await(60, TimeUnit.SECONDS)) {
                throw new AssertionError("nobody let it go");
              }
            } catch (InterruptedException e) {
              interrupted = true;
              Thread.currentThread().interrupt();
            }
            throw new OffshootException(ErrorCode.PARENT_BUSY, "somebody is connected");
          });
    }

    @Override
    public void dropBranch(DropBranch request) {}

    @Override
    public void extendLease(ExtendLease request) {}
  }
}
