package dev.offshoot.worker.stack;

import static java.util.Objects.requireNonNull;

import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.common.SearchAttributeKey;
import io.temporal.common.SearchAttributes;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.worker.WorkerFactory;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The smallest workflow that proves a Temporal server: a worker, a client, search attributes, a
 * result.
 */
final class Greeting {

  static final Map<String, IndexedValueType> SEARCH_ATTRIBUTES =
      Map.of(
          "OffshootParent", IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
          "OffshootHazards", IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST);

  private static final String QUEUE = "greetings";

  /** Greets. */
  @WorkflowInterface
  public interface GreetingWorkflow {
    /** Greets by name. */
    @WorkflowMethod
    String greet(String name);
  }

  /** Greets politely. */
  public static final class PoliteGreetingWorkflow implements GreetingWorkflow {
    @Override
    public String greet(String name) {
      return "Good day, " + name;
    }
  }

  private Greeting() {}

  /** Runs one workflow to its end on the server at the address and returns its result. */
  static String through(String address) {
    return run(address, UUID.randomUUID().toString(), true);
  }

  static String run(String address, String id, boolean start) {
    WorkflowServiceStubs stubs =
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder().setTarget(address).build());
    WorkflowClient client = WorkflowClient.newInstance(stubs);
    WorkerFactory factory = WorkerFactory.newInstance(client);
    try {
      factory.newWorker(QUEUE).registerWorkflowImplementationTypes(PoliteGreetingWorkflow.class);
      factory.start();
      if (start) {
        start(client, id);
      }
      return requireNonNull(client.newUntypedWorkflowStub(id).getResult(String.class));
    } finally {
      factory.shutdownNow();
      stubs.shutdownNow();
    }
  }

  /** Starts a workflow that no worker looks after yet. */
  static void startOnly(String address, String id) {
    WorkflowServiceStubs stubs =
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder().setTarget(address).build());
    try {
      start(WorkflowClient.newInstance(stubs), id);
    } finally {
      stubs.shutdownNow();
    }
  }

  private static void start(WorkflowClient client, String id) {
    WorkflowStub workflow =
        client.newUntypedWorkflowStub(
            "GreetingWorkflow",
            WorkflowOptions.newBuilder()
                .setWorkflowId(id)
                .setTaskQueue(QUEUE)
                .setWorkflowExecutionTimeout(Duration.ofMinutes(1))
                .setTypedSearchAttributes(
                    SearchAttributes.newBuilder()
                        .set(SearchAttributeKey.forKeyword("OffshootParent"), "shop")
                        .set(
                            SearchAttributeKey.forKeywordList("OffshootHazards"),
                            List.of("DELETES_ROWS"))
                        .build())
                .build());
    workflow.start("Ada");
  }
}
