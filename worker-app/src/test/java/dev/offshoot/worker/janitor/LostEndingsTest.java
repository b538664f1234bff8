package dev.offshoot.worker.janitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.PostgresServer;
import dev.offshoot.TestParent;
import dev.offshoot.branch.Parents;
import dev.offshoot.branch.PostgresBranchProvider;
import dev.offshoot.domain.AuditRecord;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.OffshootJson;
import dev.offshoot.domain.Outcome;
import dev.offshoot.ledger.Ledger;
import dev.offshoot.worker.stack.EmbeddedTemporalServer;
import dev.offshoot.worker.temporal.TemporalTarget;
import dev.offshoot.worker.temporal.WorkflowOwners;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.serviceclient.WorkflowServiceStubs;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Records of experiments that could not write their own. */
@Timeout(120)
class LostEndingsTest {
  /** As much of a record as matters here; Postgres cannot read a NUL in JSON. */
  private static final String FAILED =
      """
      {"goal": "\\u0000", "outcome": {"outcome": "FAILED"}}""";

  private EmbeddedTemporalServer temporal;
  private WorkflowServiceStubs stubs;
  private TestParent parent;
  private PostgresBranchProvider provider;
  private Ledger ledger;

  @BeforeEach
  void setUp() throws Exception {
    temporal = EmbeddedTemporalServer.start(0, Map.of());
    stubs =
        WorkflowServiceStubs.newServiceStubs(
            TemporalTarget.local(temporal.address(), true).options());
    parent = PostgresServer.parent("CREATE TABLE t (id int PRIMARY KEY)");
    provider = new PostgresBranchProvider(parent.config());
    ledger = new Ledger(PostgresServer.freshLedger());
    ledger.migrate();
  }

  @AfterEach
  void tearDown() throws Exception {
    provider.close();
    parent.close();
    stubs.shutdownNow();
    temporal.close();
  }

  @Test
  void terminated_isRecordedOnce_andWhatRunsIsNot() throws Exception {
    register("runs", start("runs").getExecution().getRunId());
    WorkflowStub terminated = start("terminated");
    register("terminated", terminated.getExecution().getRunId());
    terminated.terminate("test");
    LostEndings endings = endings(Duration.ZERO);

    assertThat(endings.record()).extracting(ExperimentId::value).containsExactly("terminated");
    assertThat(endings.record()).isEmpty();

    AuditRecord record = records().get(0);
    assertThat(record.outcome().outcome()).isEqualTo(Outcome.CANCELLED);
    assertThat(record.outcome().why())
        .isEqualTo("its workflow was terminated before it was merged");
    assertThat(record.requestedBy()).isEqualTo("agent-7");
    assertThat(record.writtenBy()).isEqualTo(AuditRecord.Writer.JANITOR);
  }

  @Test
  void terminatedAfterItsMerge_isRecordedAsMerged_sinceTheReceiptSaysSo() throws Exception {
    parent.execute(
        """
        CREATE SCHEMA offshoot;
        CREATE TABLE offshoot.merge_receipt (
          experiment_id text PRIMARY KEY, digest text, merged_at timestamptz, reverts text,
          converged text);
        INSERT INTO offshoot.merge_receipt VALUES ('merged', 'abc', now(), NULL, '{}');
        """);
    WorkflowStub terminated = start("merged");
    register("merged", terminated.getExecution().getRunId());
    terminated.terminate("test");

    endings(Duration.ZERO).record();

    assertThat(records().get(0).outcome().outcome()).isEqualTo(Outcome.MERGED);
    assertThat(records().get(0).digest()).isEqualTo("abc");
  }

  @Test
  void historyThatWasDeleted_isRecordedAfterTheGrace() throws Exception {
    register("deleted", UUID.randomUUID().toString());
    LostEndings endings = endings(Duration.ofSeconds(2));

    assertThat(endings.record()).isEmpty();
    Thread.sleep(2_100);

    assertThat(endings.record()).hasSize(1);
    assertThat(records().get(0).outcome().why()).startsWith("its workflow was deleted");
  }

  @Test
  void recordThatWasCutOffSince_isNotWrittenAgain() throws Exception {
    register("old", UUID.randomUUID().toString());
    LostEndings endings = endings(Duration.ZERO);
    assertThat(endings.record()).hasSize(1);
    assertThat(ledger.audits().cutOff(Instant.now().plusSeconds(60))).isEqualTo(1);

    assertThat(endings.record()).isEmpty();
  }

  @Test
  void recordOfAnotherRunUnderItsId_doesNotStandForItsOwn() throws Exception {
    WorkflowStub first = start("twice");
    register("twice", first.getExecution().getRunId());
    first.terminate("test");
    WorkflowStub second = start("twice");
    ledger.audits().add("twice", second.getExecution().getRunId(), Instant.now(), FAILED);
    second.terminate("test");

    assertThat(endings(Duration.ZERO).record()).hasSize(1);

    assertThat(ledger.audits().page(null).lines()).hasSize(2);
  }

  @Test
  void mergeThatAnotherRunOfItDid_asAfterAReset_isNotToldTwice() throws Exception {
    parent.execute(
        """
        CREATE SCHEMA offshoot;
        CREATE TABLE offshoot.merge_receipt (
          experiment_id text PRIMARY KEY, digest text, merged_at timestamptz, reverts text,
          converged text);
        INSERT INTO offshoot.merge_receipt VALUES ('reset', 'abc', now(), NULL, '{}');
        """);
    WorkflowStub first = start("reset");
    register("reset", first.getExecution().getRunId());
    first.terminate("reset");
    String merged = FAILED.replace("FAILED", "MERGED");
    ledger.audits().add("reset", UUID.randomUUID().toString(), Instant.now(), merged);

    assertThat(endings(Duration.ZERO).record()).hasSize(1);

    String record = ledger.audits().page(null).lines().get(1).record();
    AuditRecord own = OffshootJson.mapper().readValue(record, AuditRecord.class);
    assertThat(own.outcome().outcome()).isEqualTo(Outcome.CANCELLED);
    assertThat(own.outcome().why())
        .isEqualTo("its workflow was terminated, and another run of it was merged");
  }

  private LostEndings endings(Duration grace) {
    return new LostEndings(
        ledger.audits(),
        new Parents(List.of(new Parents.Parent(parent.config(), provider))),
        new WorkflowOwners(TemporalTarget.local(temporal.address(), true), stubs),
        experiment -> List.of(),
        grace,
        Clock.systemUTC());
  }

  private List<AuditRecord> records() throws Exception {
    List<AuditRecord> records = new ArrayList<>();
    for (var line : ledger.audits().page(null).lines()) {
      records.add(OffshootJson.mapper().readValue(line.record(), AuditRecord.class));
    }
    return records;
  }

  private WorkflowStub start(String id) {
    WorkflowStub workflow =
        WorkflowClient.newInstance(stubs)
            .newUntypedWorkflowStub(
                "Experiment",
                WorkflowOptions.newBuilder()
                    .setWorkflowId("experiment-" + id)
                    .setTaskQueue("nobody")
                    .build());
    var unused = workflow.start();
    return workflow;
  }

  private void register(String id, String runId) {
    ExperimentId experiment = new ExperimentId(id);
    ledger
        .branches()
        .register(
            new BranchRef(experiment, 1, parent.config().name()),
            "postgres",
            experiment.workflowId(),
            runId,
            ExperimentSpec.builder().parent(parent.config().name()).requestedBy("agent-7").build(),
            Instant.now().plusSeconds(600));
  }
}
