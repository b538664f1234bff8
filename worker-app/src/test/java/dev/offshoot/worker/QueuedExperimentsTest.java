package dev.offshoot.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.PostgresServer;
import dev.offshoot.TestParent;
import dev.offshoot.domain.DecisionRequest;
import dev.offshoot.domain.ExperimentOutcome;
import dev.offshoot.domain.Outcome;
import dev.offshoot.domain.Stage;
import dev.offshoot.domain.TimelineEvent;
import dev.offshoot.worker.stack.EmbeddedTemporalServer;
import dev.offshoot.worker.temporal.TemporalServer;
import dev.offshoot.workflow.ExperimentWorkflow;
import dev.offshoot.workflow.OffshootDataConverter;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/** More experiments than a parent has room for. */
@Timeout(180)
class QueuedExperimentsTest {
  @TempDir private Path folder;

  private interface Play {
    void with(Experiments experiments) throws Exception;
  }

  private void onWorker(String setting, Play play) throws Exception {
    try (EmbeddedTemporalServer temporal =
            EmbeddedTemporalServer.start(0, TemporalServer.searchAttributes());
        TestParent parent = PostgresServer.parent("CREATE TABLE t (id int PRIMARY KEY)")) {
      PGSimpleDataSource ledger = (PGSimpleDataSource) PostgresServer.freshLedger();
      Path file = WorkerFile.write(folder, temporal.address(), ledger, parent.config());
      WorkflowServiceStubs stubs =
          WorkflowServiceStubs.newServiceStubs(
              WorkflowServiceStubsOptions.newBuilder().setTarget(temporal.address()).build());
      try (RunningWorker worker =
          RunningWorker.startConfigured(
              "--config", file.toString(), "--offshoot.parents.shop." + setting)) {
        worker.awaitPolling();
        play.with(
            new Experiments(
                WorkflowClient.newInstance(
                    stubs,
                    WorkflowClientOptions.newBuilder()
                        .setDataConverter(OffshootDataConverter.get())
                        .build())));
      } finally {
        stubs.shutdownNow();
      }
    }
  }

  @Test
  void serverWhoseStorageIsUsedUp_queues_untilABranchIsGone() throws Exception {
    // Room for base and branch of an empty database, and for half another.
    onWorker(
        "max-branch-storage=24MB",
        experiments -> {
          ExperimentWorkflow first = start(experiments, "first", "acme");
          var unused = Experiments.awaitReview(first);
          ExperimentWorkflow second = start(experiments, "second", "acme");
          RunningWorker.await(() -> second.status().stage() == Stage.QUEUED);
          assertThat(second.status().timeline())
              .last()
              .extracting(TimelineEvent::what)
              .asString()
              .matches(
                  "waiting for room: place 1 of 1: branches of parent 'shop' take \\d+ MB of 24 MB, and another takes \\d+ MB");

          reject(first);

          var unusedReview = Experiments.awaitReview(second);
          reject(second);
        });
  }

  @Test
  void noisyTenant_isQueued_andAQuietOneIsNext() throws Exception {
    onWorker(
        "max-branches=1",
        experiments -> {
          List<ExperimentWorkflow> noisy = new ArrayList<>();
          for (int i = 0; i < 4; i++) {
            ExperimentWorkflow next = start(experiments, "noisy%d".formatted(i), "noisy");
            noisy.add(next);
            if (i == 0) {
              // Holds the only branch while a person is asked.
              var unused = Experiments.awaitReview(next);
            } else {
              // Each queues before the next starts: below they are waited for in this order.
              RunningWorker.await(() -> next.status().stage() == Stage.QUEUED);
            }
          }
          ExperimentWorkflow quiet = start(experiments, "quiet", "quiet");
          RunningWorker.await(() -> quiet.status().stage() == Stage.QUEUED);
          assertThat(quiet.status().timeline())
              .last()
              .extracting(TimelineEvent::what)
              .asString()
              .startsWith("waiting for room: place 1 of ")
              .endsWith(": 1 of 1 branches of parent 'shop' stand");

          reject(noisy.get(0));

          var unused = Experiments.awaitReview(quiet);
          assertThat(noisy.subList(1, 4))
              .allMatch(experiment -> experiment.status().stage() == Stage.QUEUED);
          reject(quiet);
          noisy.subList(1, 4).forEach(QueuedExperimentsTest::rejected);
        });
  }

  private static ExperimentWorkflow start(Experiments experiments, String id, String tenant) {
    return experiments.start(
        id,
        Experiments.spec("shop", "INSERT INTO t VALUES (1)")
            .tenant(tenant)
            .keepBranch(true)
            .build());
  }

  /** In its turn: the embedded server loses a workflow that is ended in the moment of a step's. */
  private static void rejected(ExperimentWorkflow experiment) {
    try {
      var unused = Experiments.awaitReview(experiment);
      reject(experiment);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static void reject(ExperimentWorkflow experiment) throws Exception {
    experiment.reject(new DecisionRequest("r", "done", null, List.of()));
    assertThat(
            WorkflowStub.fromTyped(experiment)
                .getResult(60, TimeUnit.SECONDS, ExperimentOutcome.class)
                .outcome())
        .isEqualTo(Outcome.DROPPED);
  }
}
