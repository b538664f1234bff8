package dev.offshoot.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.offshoot.activity.SessionActivities;
import dev.offshoot.client.AgentSession;
import dev.offshoot.client.OffshootClient;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ConnectAnswer;
import dev.offshoot.domain.ConnectionEnd;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.HandInRequest;
import dev.offshoot.domain.RowsAnswer;
import dev.offshoot.domain.RunAnswer;
import dev.offshoot.domain.SessionEnd;
import dev.offshoot.domain.SessionSpec;
import dev.offshoot.domain.SessionState;
import dev.offshoot.domain.StatementResult;
import dev.offshoot.worker.RunningWorker.FakeRooms;
import dev.offshoot.worker.stack.TemporalDevServer;
import dev.offshoot.worker.stack.TemporalProgram;
import dev.offshoot.worker.temporal.TemporalServer;
import dev.offshoot.worker.temporal.TemporalTarget;
import dev.offshoot.workflow.OffshootDataConverter;
import dev.offshoot.workflow.OffshootNames;
import dev.offshoot.workflow.SessionWorkflow;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A session whose history is begun anew again and again while messages come. */
@Timeout(180)
class SessionPagesTest {
  private static final int AGENTS = 4;
  private static final int EACH = 40;
  private static final ExperimentId ID = new ExperimentId("pages");

  @TempDir private Path folder;
  private final ConcurrentLinkedQueue<String> ran = new ConcurrentLinkedQueue<>();

  @Test
  void historyBegunAnewWhileMessagesCome_losesNone_runsNoneTwice_andKeepsTheirOrder()
      throws Exception {
    assumeTrue(
        TemporalProgram.find().isPresent(),
        "the program 'temporal' is neither on the PATH nor in Go's bin folder; .ci/run installs it");
    try (TemporalDevServer server =
            TemporalDevServer.start(
                new TemporalDevServer.Options(
                    TemporalProgram.find().orElseThrow(),
                    folder,
                    0,
                    0,
                    TemporalServer.searchAttributes(),
                    Duration.ofSeconds(60)));
        RunningWorker worker =
            RunningWorker.start(
                TemporalTarget.local(server.address(), false), new FakeRooms(new Counting()))) {
      worker.awaitPolling();
      WorkflowServiceStubs stubs =
          WorkflowServiceStubs.newServiceStubs(
              WorkflowServiceStubsOptions.newBuilder().setTarget(server.address()).build());
      try {
        inPages(
            WorkflowClient.newInstance(
                stubs,
                WorkflowClientOptions.newBuilder()
                    .setDataConverter(OffshootDataConverter.get())
                    .build()));
      } finally {
        stubs.shutdownNow();
      }
    }
  }

  private void inPages(WorkflowClient temporal) throws Exception {
    SessionWorkflow workflow =
        temporal.newWorkflowStub(
            SessionWorkflow.class,
            WorkflowOptions.newBuilder()
                .setWorkflowId(ID.sessionWorkflowId())
                .setTaskQueue(OffshootNames.TASK_QUEUE)
                .build());
    ExperimentSpec spec =
        ExperimentSpec.builder()
            .goal("much")
            .parent("shop")
            .requestedBy("agent")
            .session(new SessionSpec(Duration.ofMinutes(5)))
            .build();
    String first =
        WorkflowClient.start(
                workflow::run,
                new SessionWorkflow.Start(
                    new BranchRef(ID, 1, "shop"), spec, 0, 7, SessionState.BEGINNING))
            .getRunId();
    AgentSession session = OffshootClient.over(temporal).experiment(ID).session();
    ExecutorService agents = Executors.newFixedThreadPool(AGENTS);
    List<Future<List<RunAnswer>>> answers = new ArrayList<>();
    for (int agent = 0; agent < AGENTS; agent++) {
      int number = agent;
      answers.add(
          agents.submit(
              () ->
                  IntStream.range(0, EACH)
                      .mapToObj(i -> session.run("SELECT %d, %d".formatted(number, i)))
                      .toList()));
    }
    List<Integer> runs = new ArrayList<>();
    for (Future<List<RunAnswer>> each : answers) {
      List<Integer> own = each.get().stream().map(RunAnswer::run).toList();
      assertThat(own).isSorted().hasSize(EACH);
      runs.addAll(own);
    }
    agents.shutdown();
    Collections.sort(runs);
    assertThat(runs).isEqualTo(IntStream.rangeClosed(1, AGENTS * EACH).boxed().toList());
    assertThat(ran).hasSize(AGENTS * EACH).doesNotHaveDuplicates();

    assertThat(session.submit(new HandInRequest(null, "all of it")).statements())
        .isEqualTo(AGENTS * EACH);

    SessionEnd end = WorkflowStub.fromTyped(workflow).getResult(SessionEnd.class);
    assertThat(end.statements()).containsExactlyElementsOf(ran);
    assertThat(end.runs()).isEqualTo(AGENTS * EACH);
    assertThat(
            temporal
                .newUntypedWorkflowStub(ID.sessionWorkflowId())
                .describe()
                .getExecution()
                .getRunId())
        .isNotEqualTo(first);
  }

  /** Notes what runs, in order. */
  private final class Counting implements SessionActivities {
    @Override
    public RunDone runStatements(RunStatements request) {
      ran.addAll(request.statements());
      return new RunDone(
          new RunAnswer(
              request.run(),
              true,
              List.of(
                  new StatementResult(
                      request.firstIndex(), "SELECT", 0, null, List.of(), List.of(), false, false)),
              List.of(),
              null,
              false,
              1,
              request.statementsLeft()),
          request.soFar(),
          List.of());
    }

    @Override
    public RowsAnswer readRows(ReadRows request) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void takeSavepoint(Savepoint request) {}

    @Override
    public void returnToSavepoint(Savepoint request) {}

    @Override
    public void forgetSavepoints(Forget request) {}

    @Override
    public List<String> runChecks(RunChecks request) {
      return List.of();
    }

    @Override
    public ConnectAnswer openConnection(OpenConnection request) {
      throw new UnsupportedOperationException();
    }

    @Override
    public ConnectionEnd watchConnection(WatchConnection request) {
      throw new UnsupportedOperationException();
    }

    @Override
    public ConnectionDone closeConnection(CloseConnection request) {
      throw new UnsupportedOperationException();
    }
  }
}
