package dev.offshoot.worker;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.offshoot.PostgresServer;
import dev.offshoot.TestParent;
import dev.offshoot.client.OffshootClient;
import dev.offshoot.worker.stack.TemporalDevServer;
import dev.offshoot.worker.stack.TemporalProgram;
import dev.offshoot.worker.temporal.TemporalServer;
import io.temporal.client.WorkflowClient;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A Temporal server that is the real one, a parent on a real Postgres, a worker between them, and a
 * client.
 */
record RealWorld(
    TemporalDevServer temporal,
    TestParent parent,
    PGSimpleDataSource ledger,
    RunningWorker worker,
    OffshootClient client)
    implements AutoCloseable {

  /** Skips the test where the real server's program is missing. */
  static void requireTemporal() {
    assumeTrue(
        TemporalProgram.find().isPresent(),
        "the program 'temporal' is neither on the PATH nor in Go's bin folder; .ci/run installs it");
  }

  /**
   * @param folder where Temporal keeps its files
   * @param schema of the parent, which is called {@code shop}
   * @param properties of the worker, as arguments
   */
  static RealWorld start(Path folder, String schema, String... properties) throws Exception {
    requireTemporal();
    TemporalDevServer temporal =
        TemporalDevServer.start(
            new TemporalDevServer.Options(
                TemporalProgram.find().orElseThrow(),
                folder.resolve("temporal"),
                0,
                0,
                TemporalServer.searchAttributes(),
                Duration.ofSeconds(60)));
    TestParent parent = PostgresServer.parent(schema);
    PGSimpleDataSource ledger = (PGSimpleDataSource) PostgresServer.freshLedger();
    Path file = WorkerFile.write(folder, temporal.address(), ledger, parent.config());
    List<String> arguments = new ArrayList<>(List.of("--config", file.toString()));
    arguments.addAll(List.of(properties));
    RunningWorker worker =
        RunningWorker.startConfigured(arguments.toArray(String[]::new)).awaitPolling();
    return new RealWorld(
        temporal, parent, ledger, worker, OffshootClient.connect(temporal.address()));
  }

  /** As somebody does in the Temporal UI. */
  void terminate(String workflowId) {
    WorkflowServiceStubs stubs =
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder().setTarget(temporal.address()).build());
    try {
      WorkflowClient.newInstance(stubs).newUntypedWorkflowStub(workflowId).terminate("by hand");
    } finally {
      stubs.shutdownNow();
    }
  }

  @Override
  public void close() throws Exception {
    client.close();
    worker.close();
    parent.close();
    temporal.close();
  }
}
