package dev.offshoot.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import dev.offshoot.PostgresServer;
import dev.offshoot.TestParent;
import dev.offshoot.client.Experiment;
import dev.offshoot.client.OffshootClient;
import dev.offshoot.codec.EncryptionKey;
import dev.offshoot.domain.DecisionRequest;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentOutcome;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ExperimentSpecBuilder;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.Failure;
import dev.offshoot.domain.Outcome;
import dev.offshoot.domain.Stage;
import dev.offshoot.worker.stack.EmbeddedTemporalServer;
import dev.offshoot.worker.temporal.TemporalServer;
import dev.offshoot.worker.temporal.TemporalTarget;
import dev.offshoot.workflow.OffshootDataConverter;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.common.converter.DefaultDataConverter;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Experiments whose payloads are encrypted, by the real worker, seen by whoever has no key. */
@Timeout(240)
@ExtendWith(OutputCaptureExtension.class)
class EncryptedExperimentTest {
  private static final EncryptionKey OLD = EncryptionKey.random("2026-05");
  private static final EncryptionKey NEW = EncryptionKey.random("2026-11");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** In goal, SQL, rows, errors and reasons; nobody without a key may meet it in Temporal. */
  private static final String READABLE = "zanzibar";

  @TempDir private static Path folder;
  private static EmbeddedTemporalServer temporal;
  private static TestParent parent;
  private static PGSimpleDataSource ledger;
  private static WorkflowServiceStubs stubs;

  /** One that has no codec at all. */
  private static WorkflowClient outsider;

  @BeforeAll
  static void startServers() throws Exception {
    temporal = EmbeddedTemporalServer.start(0, TemporalServer.searchAttributes());
    parent =
        PostgresServer.parent(
            """
            CREATE TABLE item (id int PRIMARY KEY, name text NOT NULL);
            INSERT INTO item SELECT i, 'item ' || i FROM generate_series(1, 20) AS i;
            """);
    ledger = (PGSimpleDataSource) PostgresServer.freshLedger();
    stubs =
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder().setTarget(temporal.address()).build());
    outsider =
        WorkflowClient.newInstance(
            stubs,
            WorkflowClientOptions.newBuilder()
                .setDataConverter(DefaultDataConverter.newDefaultInstance())
                .build());
  }

  @AfterAll
  static void stopServers() throws Exception {
    stubs.shutdownNow();
    temporal.close();
    parent.close();
  }

  @Test
  void failedExperiment_leavesNothingReadable_forWhoeverHasNoKey(CapturedOutput output)
      throws Exception {
    Path keys = KeyFiles.write(folder, OLD);
    try (RunningWorker worker = start(keys);
        OffshootClient client = client(keys)) {
      worker.awaitPolling();
      Experiment experiment =
          client.start(
              new ExperimentId("fails"),
              spec(
                      "SELECT pg_sleep(6) /* " + READABLE + " */",
                      "UPDATE item SET name = '" + READABLE + "'",
                      "SELECT '" + READABLE + "'::int")
                  .build());

      DescribeWorkflowExecutionResponse running = awaitHeartbeat("experiment-fails");
      ExperimentStatus status = experiment.awaitEnd(PATIENCE);

      Failure failure = Objects.requireNonNull(outcome(status).failure());
      assertThat(failure.code()).isEqualTo(ErrorCode.SQL_ERROR);
      assertThat(failure.message()).contains(READABLE);
      assertThat(text(running)).doesNotContain(READABLE).contains("binary/encrypted");
      assertThat(text(describe("experiment-fails"))).doesNotContain(READABLE);
      List<HistoryEvent> events = events("experiment-fails");
      assertThat(events)
          .extracting(HistoryEvent::getEventType)
          .contains(
              EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED,
              EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED);
      assertThat(events)
          .allSatisfy(
              event -> assertThat(text(event)).doesNotContain(READABLE, "dev.offshoot.", "try it"));
      assertThat(text(events.get(0)))
          .contains("offshootGoal", "binary/encrypted", "encryption-key-id", "2026-05");
      assertThat(
              events
                  .get(0)
                  .getWorkflowExecutionStartedEventAttributes()
                  .getMemo()
                  .getFieldsMap()
                  .values())
          .isNotEmpty()
          .allSatisfy(memo -> assertThat(text(memo)).contains("binary/encrypted"));
      assertThat(
              worker.get("/actuator/health").body()
                  + worker.get("/actuator/prometheus").body()
                  + output.getAll())
          .doesNotContain(OLD.line().substring(OLD.id().length() + 1));
    }
  }

  @Test
  void keyIsRotated_whileAnExperimentWaits_andAWorkerWithoutTheOldOneEndsNothing()
      throws Exception {
    Path before = KeyFiles.write(folder, OLD);
    Path after = KeyFiles.write(folder, NEW, OLD);
    Path tooEarly = KeyFiles.write(folder, NEW);
    try (RunningWorker worker = start(before);
        OffshootClient client = client(before)) {
      worker.awaitPolling();
      Experiment experiment =
          client.start(new ExperimentId("rotated"), spec("DELETE FROM item WHERE id = 3").build());
      assertThat(experiment.awaitDecision(PATIENCE).stage()).isEqualTo(Stage.AWAITING_DECISION);
    }
    WorkflowStub stub = outsider.newUntypedWorkflowStub("experiment-rotated");
    try (RunningWorker worker = start(tooEarly)) {
      worker.awaitPolling();
      stub.signal("approve", "anything that makes a workflow task");
      RunningWorker.await(
          () ->
              events("experiment-rotated").stream()
                  .anyMatch(e -> e.getEventType() == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED));
      HistoryEvent failed =
          events("experiment-rotated").stream()
              .filter(e -> e.getEventType() == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED)
              .findFirst()
              .orElseThrow();
      assertThat(
              OffshootDataConverter.with(KeyFiles.codec(tooEarly))
                  .failureToException(failed.getWorkflowTaskFailedEventAttributes().getFailure()))
          .rootCause()
          .hasMessageContaining("'2026-05'")
          .hasMessageContaining("not among those here");
    }
    try (RunningWorker worker = start(after);
        OffshootClient client = client(after)) {
      worker.awaitPolling();
      Experiment experiment = client.experiment(new ExperimentId("rotated"));

      var unused =
          experiment.approve(new DecisionRequest("rita", READABLE, null, List.of("DELETES_ROWS")));

      assertThat(outcome(experiment.awaitEnd(PATIENCE)).outcome()).isEqualTo(Outcome.MERGED);
      List<HistoryEvent> events = events("experiment-rotated");
      assertThat(text(events.get(0))).contains("2026-05").doesNotContain("2026-11");
      assertThat(text(events.get(events.size() - 1))).contains("2026-11");
      assertThat(events).allSatisfy(event -> assertThat(text(event)).doesNotContain(READABLE));
    }
  }

  /** The UI and clients in other languages may have no codec. */
  @Test
  void plainStart_andPastedSignal_areAccepted() throws Exception {
    try (RunningWorker worker = start(KeyFiles.write(folder, OLD))) {
      worker.awaitPolling();
      try (OffshootClient plain = OffshootClient.connect(temporal.address())) {
        Experiment experiment =
            plain.start(new ExperimentId("plain"), spec("DELETE FROM item WHERE id = 4").build());
        outsider
            .newUntypedWorkflowStub("experiment-plain")
            .signal("reject", new DecisionRequest("rita", "no", null, List.of()));

        try (OffshootClient client = client(folder.resolve("2026-05.keys"))) {
          assertThat(outcome(client.experiment(experiment.id()).awaitEnd(PATIENCE)).outcome())
              .isEqualTo(Outcome.DROPPED);
        }
      }
    }
  }

  @Test
  void onlyEncryptedAccepted_refusesPlainStarts_andPlainSignalsDoNotCount() throws Exception {
    Path keys = KeyFiles.write(folder, OLD);
    try (RunningWorker worker = start(keys, "--offshoot.encryption.require-encrypted=true");
        OffshootClient client = client(keys);
        OffshootClient plain = OffshootClient.connect(temporal.address())) {
      worker.awaitPolling();
      ExperimentSpec spec = spec("DELETE FROM item WHERE id = 5").build();
      var unused = plain.start(new ExperimentId("refused"), spec);
      Experiment accepted = client.start(new ExperimentId("accepted"), spec);
      var waiting = accepted.awaitDecision(PATIENCE);

      outsider
          .newUntypedWorkflowStub("experiment-accepted")
          .signal("approve", new DecisionRequest("mallory", "plain", null, List.of()));
      Thread.sleep(1_000);

      assertThat(accepted.status().stage()).isEqualTo(Stage.AWAITING_DECISION);
      assertThat(accepted.status().decisions()).isEmpty();
      assertThat(waiting.outcome()).isNull();
      assertThat(accepted.reject(new DecisionRequest("rita", "enough", null, List.of())).accepted())
          .isTrue();
      assertThat(outcome(accepted.awaitEnd(PATIENCE)).outcome()).isEqualTo(Outcome.DROPPED);
      List<HistoryEvent> refused = events("experiment-refused");
      HistoryEvent end = refused.get(refused.size() - 1);
      assertThat(end.getEventType()).isEqualTo(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED);
      assertThat(
              OffshootDataConverter.with(KeyFiles.codec(keys))
                  .failureToException(end.getWorkflowExecutionFailedEventAttributes().getFailure())
                  .toString())
          .contains("BAD_SPEC", "not encrypted", "key file");
    }
  }

  private static ExperimentSpecBuilder spec(String... statements) {
    return Experiments.spec("shop", statements).goal("the goal is " + READABLE);
  }

  private static ExperimentOutcome outcome(ExperimentStatus status) {
    return Objects.requireNonNull(status.outcome());
  }

  private static RunningWorker start(Path keys, String... more) throws Exception {
    Path file = WorkerFile.write(folder, temporal.address(), ledger, parent.config());
    List<String> arguments =
        new ArrayList<>(
            List.of("--config", file.toString(), "--offshoot.encryption.key-file=" + keys));
    arguments.addAll(List.of(more));
    return RunningWorker.startConfigured(
        TemporalTarget.local(temporal.address(), true), arguments.toArray(String[]::new));
  }

  private static OffshootClient client(Path keys) {
    return OffshootClient.connect(temporal.address(), "default", KeyFiles.codec(keys));
  }

  private static List<HistoryEvent> events(String workflowId) {
    return outsider.fetchHistory(workflowId).getHistory().getEventsList();
  }

  private static DescribeWorkflowExecutionResponse describe(String workflowId) {
    return outsider.newUntypedWorkflowStub(workflowId).describe().getRawDescription();
  }

  private static DescribeWorkflowExecutionResponse awaitHeartbeat(String workflowId)
      throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(40);
    while (System.nanoTime() < end) {
      DescribeWorkflowExecutionResponse description = describe(workflowId);
      Optional<PendingActivityInfo> running =
          description.getPendingActivitiesList().stream()
              .filter(step -> step.getActivityType().getName().equals("RunExperiment"))
              .filter(PendingActivityInfo::hasHeartbeatDetails)
              .findFirst();
      if (running.isPresent()) {
        return description;
      }
      Thread.sleep(50);
    }
    throw new AssertionError("no heartbeat of the running statement");
  }

  /** All bytes that it holds, payloads included, as text. */
  private static String text(Message message) {
    return message.toByteString().toString(StandardCharsets.ISO_8859_1);
  }
}
