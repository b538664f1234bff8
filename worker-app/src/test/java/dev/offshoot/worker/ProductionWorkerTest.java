package dev.offshoot.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.offshoot.PostgresServer;
import dev.offshoot.TestParent;
import dev.offshoot.activity.ReadActivities.ListExperiments;
import dev.offshoot.domain.DecisionRequest;
import dev.offshoot.domain.ExperimentOutcome;
import dev.offshoot.domain.ExperimentRow;
import dev.offshoot.domain.HealthFinding;
import dev.offshoot.domain.OffshootJson;
import dev.offshoot.domain.Outcome;
import dev.offshoot.worker.stack.EmbeddedTemporalServer;
import dev.offshoot.worker.stack.TemporalDevServer;
import dev.offshoot.worker.stack.TemporalProgram;
import dev.offshoot.worker.temporal.TemporalServer;
import dev.offshoot.workflow.ExperimentWorkflow;
import dev.offshoot.workflow.OffshootDataConverter;
import dev.offshoot.workflow.OffshootNames;
import dev.offshoot.workflow.ReadWorkflows;
import io.temporal.api.enums.v1.EventType;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** The production form: a configuration file, a Temporal server and Postgres servers elsewhere. */
@Timeout(180)
@ExtendWith(OutputCaptureExtension.class)
class ProductionWorkerTest {
  @TempDir private Path folder;
  private EmbeddedTemporalServer temporal;
  private TestParent parent;
  private PGSimpleDataSource ledger;
  private final List<WorkflowServiceStubs> opened = new ArrayList<>();
  private WorkflowClient client;

  @BeforeEach
  void startServers() throws Exception {
    temporal = EmbeddedTemporalServer.start(0, TemporalServer.searchAttributes());
    parent =
        PostgresServer.parent(
            """
            CREATE TABLE item (id int PRIMARY KEY, name text NOT NULL);
            INSERT INTO item SELECT i, 'item ' || i FROM generate_series(1, 20) AS i;
            """);
    ledger = (PGSimpleDataSource) PostgresServer.freshLedger();
    client = clientOf(temporal.address());
  }

  private WorkflowClient clientOf(String address) {
    WorkflowServiceStubs stubs =
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder().setTarget(address).build());
    opened.add(stubs);
    return WorkflowClient.newInstance(
        stubs,
        WorkflowClientOptions.newBuilder().setDataConverter(OffshootDataConverter.get()).build());
  }

  @AfterEach
  void stopServers() throws Exception {
    opened.forEach(WorkflowServiceStubs::shutdownNow);
    temporal.close();
    parent.close();
  }

  @Test
  void healthIsUp_namesEachParent_andShowsNoSecret(CapturedOutput output) throws Exception {
    try (RunningWorker worker = start()) {
      worker.awaitPolling();

      assertThat(worker.get("/actuator/health/readiness").statusCode()).isEqualTo(200);
      String text = worker.get("/actuator/health").body();
      JsonNode health = OffshootJson.mapper().readTree(text);
      assertThat(health.at("/status").asText()).as(text).isEqualTo("UP");
      assertThat(health.at("/components/temporal/details/address").asText())
          .isEqualTo(temporal.address());
      assertThat(health.at("/components/ledger/status").asText()).isEqualTo("UP");
      assertThat(health.at("/components/parents/details/shop").isArray()).isTrue();
      assertThat(text + worker.get("/actuator/prometheus").body() + output.getAll())
          .doesNotContain(parent.config().password())
          .doesNotContain(ledger.getPassword());
    }
  }

  @Test
  void parentThatIsDown_isToldByHealth_butLeavesTheWorkerReady() throws Exception {
    try (RunningWorker worker =
        start(
            "--offshoot.parents.gone.url=jdbc:postgresql://127.0.0.1:1/gone",
            "--offshoot.parents.gone.username=gone",
            "--offshoot.parents.gone.password=any")) {
      worker.awaitPolling();

      JsonNode health = OffshootJson.mapper().readTree(worker.get("/actuator/health").body());
      assertThat(health.at("/components/parents/status").asText()).isEqualTo("DOWN");
      assertThat(health.at("/components/parents/details/gone/0/level").asText())
          .isEqualTo("BROKEN");
      assertThat(worker.get("/actuator/health/readiness").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void ledgerThatGoesAway_takesReadiness_untilItIsBack() throws Exception {
    try (RunningWorker worker = start()) {
      worker.awaitPolling();

      superuser("ALTER ROLE %s NOLOGIN".formatted(ledger.getUser()));
      superuser(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '%s'"
              .formatted(ledger.getUser()));
      assertThat(worker.get("/actuator/health/readiness").statusCode()).isEqualTo(503);
      assertThat(worker.get("/actuator/health/liveness").statusCode()).isEqualTo(200);

      superuser("ALTER ROLE %s LOGIN".formatted(ledger.getUser()));
      RunningWorker.await(() -> statusOf(worker) == 200);
    }
  }

  @Test
  void temporalThatGoesAway_takesReadiness() throws Exception {
    try (RunningWorker worker = start()) {
      worker.awaitPolling();

      temporal.close();

      RunningWorker.await(() -> statusOf(worker) == 503);
      assertThat(worker.get("/actuator/health/readiness").body()).contains("does not answer");
    }
  }

  @Test
  void wrongPasswordOfTheLedger_isSaidEachTime_andWaitedFor(CapturedOutput output)
      throws Exception {
    try (RunningWorker worker = start("--offshoot.ledger.password=not-the-password")) {
      RunningWorker.await(() -> output.getAll().contains("; trying again in 500 ms"));

      assertThat(statusOf(worker)).isEqualTo(503);
      assertThat(output.getAll()).contains("ledger").doesNotContain("not-the-password");
    }
  }

  /** On the real server: the embedded one gives the sticky queue of a gone worker to nobody. */
  @Test
  void runningStatement_isFinishedAndReported_beforeTheWorkerEnds() throws Exception {
    assumeThat(TemporalProgram.find())
        .as("the program 'temporal' is neither on the PATH nor in Go's bin folder")
        .isPresent();
    try (TemporalDevServer dev = startDevServer()) {
      String address = "--offshoot.temporal.address=" + dev.address();
      WorkflowClient devClient = clientOf(dev.address());
      RunningWorker worker = start(address).awaitPolling();
      ExperimentWorkflow experiment =
          new Experiments(devClient)
              .start(
                  "graceful",
                  Experiments.spec("shop", "SELECT pg_sleep(8)", "DELETE FROM item WHERE id = 1")
                      .build());
      RunningWorker.await(ProductionWorkerTest::statementRuns);

      worker.close();

      assertThat(
              devClient.fetchHistory("experiment-graceful").getHistory().getEventsList().stream()
                  .filter(e -> e.getEventType() == EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED))
          .as("create branch and run experiment")
          .hasSize(2);
      try (RunningWorker next = start(address)) {
        next.awaitPolling();
        Experiments.approve(experiment, Experiments.awaitReview(experiment));
        assertThat(
                WorkflowStub.fromTyped(experiment)
                    .getResult(60, TimeUnit.SECONDS, ExperimentOutcome.class)
                    .outcome())
            .isEqualTo(Outcome.MERGED);
      }
    }
  }

  private TemporalDevServer startDevServer() {
    return TemporalDevServer.start(
        new TemporalDevServer.Options(
            TemporalProgram.find().orElseThrow(),
            folder.resolve("temporal"),
            0,
            0,
            TemporalServer.searchAttributes(),
            Duration.ofSeconds(60)));
  }

  @Test
  void questions_areAnsweredThroughTemporal() throws Exception {
    try (RunningWorker worker = start()) {
      worker.awaitPolling();
      ExperimentWorkflow experiment =
          new Experiments(client)
              .start("asked", Experiments.spec("shop", "DELETE FROM item WHERE id = 2").build());
      Experiments.awaitReview(experiment);

      List<HealthFinding> findings = question(ReadWorkflows.DoctorWorkflow.class).run();
      List<ExperimentRow> experiments =
          question(ReadWorkflows.ListExperimentsWorkflow.class)
              .run(new ListExperiments("shop", null, 10));

      assertThat(findings)
          .allSatisfy(f -> assertThat(f.level()).isNotEqualTo(HealthFinding.Level.BROKEN))
          .extracting(HealthFinding::subject)
          .contains("ledger", "parent shop");
      assertThat(experiments).extracting(row -> row.id().value()).containsExactly("asked");
      experiment.reject(new DecisionRequest("r", "done", null, List.of()));
      var unused =
          WorkflowStub.fromTyped(experiment)
              .getResult(60, TimeUnit.SECONDS, ExperimentOutcome.class);
    }
  }

  @Test
  void terminatedExperiment_losesItsBranch_withoutARestart() throws Exception {
    try (RunningWorker worker =
        start("--offshoot.worker.sweep-every=1s", "--offshoot.worker.orphan-grace=1s")) {
      worker.awaitPolling();
      ExperimentWorkflow experiment =
          new Experiments(client)
              .start(
                  "terminated",
                  Experiments.spec("shop", "DELETE FROM item").keepBranch(true).build());
      Experiments.awaitReview(experiment);
      assertThat(databases("offshoot_terminated%")).isEqualTo(2);

      // Runs no code of ours, so that no compensation deletes anything.
      WorkflowStub.fromTyped(experiment).terminate("test");

      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (databases("offshoot_terminated%") > 0 && System.nanoTime() < end) {
        Thread.sleep(100);
      }
      assertThat(databases("offshoot_terminated%")).isZero();
    }
  }

  private static int databases(String like) throws SQLException {
    try (Connection superuser = PostgresServer.superuser("postgres");
        Statement statement = superuser.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT count(*) FROM pg_database WHERE datname LIKE '%s'".formatted(like))) {
      rows.next();
      return rows.getInt(1);
    }
  }

  private <T> T question(Class<T> type) {
    return client.newWorkflowStub(
        type, WorkflowOptions.newBuilder().setTaskQueue(OffshootNames.TASK_QUEUE).build());
  }

  private RunningWorker start(String... more) throws Exception {
    Path file = WorkerFile.write(folder, temporal.address(), ledger, parent.config());
    String[] arguments = new String[more.length + 2];
    arguments[0] = "--config";
    arguments[1] = file.toString();
    System.arraycopy(more, 0, arguments, 2, more.length);
    return RunningWorker.startConfigured(arguments);
  }

  private static int statusOf(RunningWorker worker) {
    try {
      return worker.get("/actuator/health/readiness").statusCode();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean statementRuns() {
    try (Connection superuser = PostgresServer.superuser("postgres");
        Statement statement = superuser.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT FROM pg_stat_activity WHERE usename = 'offshoot_graceful'"
                    + " AND wait_event = 'PgSleep'")) {
      return rows.next();
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static void superuser(String sql) throws Exception {
    try (Connection superuser = PostgresServer.superuser("postgres");
        Statement statement = superuser.createStatement()) {
      statement.execute(sql);
    }
  }
}
