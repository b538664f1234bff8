package dev.offshoot.workflow;

import dev.offshoot.domain.DecisionRequest;
import dev.offshoot.domain.ExperimentOutcome;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ExperimentSpecBuilder;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.Stage;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.worker.WorkflowImplementationOptions;
import java.time.Duration;
import java.util.function.Predicate;

/** An in-memory Temporal server with one worker, and an experiment on it. Time skips. */
final class ExperimentRun implements AutoCloseable {
  final FakeSteps world = new FakeSteps();
  final TestWorkflowEnvironment temporal;
  private final String id;

  ExperimentRun(String id) {
    this.id = id;
    temporal =
        TestWorkflowEnvironment.newInstance(
            TestEnvironmentOptions.newBuilder()
                .setWorkflowClientOptions(
                    WorkflowClientOptions.newBuilder()
                        .setDataConverter(OffshootDataConverter.get())
                        .build())
                .setWorkerFactoryOptions(WorkerFactoryOptions.getDefaultInstance())
                .build());
    OffshootNames.SEARCH_ATTRIBUTES.forEach(
        (name, type) ->
            temporal.registerSearchAttribute(
                name,
                type.equals("Keyword")
                    ? IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD
                    : IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST));
    Worker worker = temporal.newWorker(OffshootNames.TASK_QUEUE);
    worker.registerWorkflowImplementationTypes(
        WorkflowImplementationOptions.newBuilder()
            .setFailWorkflowExceptionTypes(OffshootException.class)
            .build(),
        ExperimentWorkflowImpl.class,
        SessionWorkflowImpl.class,
        VariantsWorkflowImpl.class);
    worker.registerActivitiesImplementations(world, new FakeSessionSteps());
    temporal.start();
  }

  static ExperimentSpecBuilder spec() {
    return ExperimentSpec.builder()
        .goal("fix the row")
        .parent("shop")
        .statement("UPDATE t SET v = 'new' WHERE id = 1")
        .requestedBy("agent-7")
        .ttl(Duration.ofHours(1));
  }

  WorkflowStub stub() {
    return temporal
        .getWorkflowClient()
        .newUntypedWorkflowStub(
            "Experiment",
            WorkflowOptions.newBuilder()
                .setWorkflowId("experiment-" + id)
                .setTaskQueue(OffshootNames.TASK_QUEUE)
                .build());
  }

  WorkflowStub start(ExperimentSpec spec) {
    WorkflowStub stub = stub();
    stub.start(spec);
    return stub;
  }

  WorkflowStub startAndAwaitReview(ExperimentSpec spec) {
    WorkflowStub stub = start(spec);
    awaitStatus(stub, status -> status.stage() == Stage.AWAITING_DECISION);
    return stub;
  }

  static ExperimentStatus status(WorkflowStub stub) {
    return stub.query("status", ExperimentStatus.class);
  }

  static ExperimentStatus awaitStatus(WorkflowStub stub, Predicate<ExperimentStatus> wanted) {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (System.nanoTime() < end) {
      ExperimentStatus status = status(stub);
      if (wanted.test(status)) {
        return status;
      }
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
    throw new AssertionError("never came: " + status(stub));
  }

  static DecisionRequest by(String name) {
    return new DecisionRequest(name, "looked at it", null, null);
  }

  static ExperimentOutcome result(WorkflowStub stub) {
    return stub.getResult(ExperimentOutcome.class);
  }

  @Override
  public void close() {
    temporal.close();
  }
}
