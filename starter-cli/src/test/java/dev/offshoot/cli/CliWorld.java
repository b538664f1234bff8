package dev.offshoot.cli;

import dev.offshoot.codec.EncryptionCodec;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.workflow.DoctorWorkflowImpl;
import dev.offshoot.workflow.ExperimentWorkflowImpl;
import dev.offshoot.workflow.ListExperimentsWorkflowImpl;
import dev.offshoot.workflow.OffshootDataConverter;
import dev.offshoot.workflow.OffshootNames;
import dev.offshoot.workflow.ReadAuditWorkflowImpl;
import dev.offshoot.workflow.ReadDiffWorkflowImpl;
import dev.offshoot.workflow.ReadRevertedWorkflowImpl;
import dev.offshoot.workflow.ReadSchemaWorkflowImpl;
import dev.offshoot.workflow.ReadValueWorkflowImpl;
import dev.offshoot.workflow.RefreshSourceWorkflowImpl;
import dev.offshoot.workflow.SessionWorkflowImpl;
import dev.offshoot.workflow.VariantsWorkflowImpl;
import dev.offshoot.workflow.ViewBranchesWorkflowImpl;
import dev.offshoot.workflow.ViewParentsWorkflowImpl;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.api.operatorservice.v1.AddSearchAttributesRequest;
import io.temporal.api.operatorservice.v1.OperatorServiceGrpc;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.testserver.TestServer;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkflowImplementationOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A Temporal server on a port of its own, a worker, and a prompt at which to type. */
final class CliWorld implements AutoCloseable {
  /** What the worker keeps of experiments that have ended. */
  final FakeAudit audit = new FakeAudit();

  private final AutoCloseable server;
  private final WorkflowServiceStubs stubs;
  private final WorkerFactory workers;
  final WorkflowClient temporal;
  final String address;

  /** On the in-memory server. */
  static CliWorld inMemory() throws IOException {
    return inMemory(EncryptionCodec.withoutKeys());
  }

  /** The same with a worker that encrypts. */
  static CliWorld inMemory(EncryptionCodec encryption) throws IOException {
    int port = freePort();
    TestServer.PortBoundTestServer server = TestServer.createPortBoundServer(port, true);
    return new CliWorld(server, "127.0.0.1:" + port, encryption);
  }

  /** On {@code temporal server start-dev}, which must be there. */
  static CliWorld onDevServer() throws IOException {
    DevServer server = DevServer.start();
    return new CliWorld(server, server.address(), EncryptionCodec.withoutKeys());
  }

  private CliWorld(AutoCloseable server, String address, EncryptionCodec encryption) {
    this.server = server;
    this.address = address;
    stubs =
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder().setTarget(address).build());
    temporal =
        WorkflowClient.newInstance(
            stubs,
            WorkflowClientOptions.newBuilder()
                .setDataConverter(OffshootDataConverter.with(encryption))
                .setIdentity("some-browser")
                .build());
    registerSearchAttributes();
    workers = WorkerFactory.newInstance(temporal);
    Worker worker = workers.newWorker(OffshootNames.TASK_QUEUE);
    worker.registerWorkflowImplementationTypes(
        WorkflowImplementationOptions.newBuilder()
            .setFailWorkflowExceptionTypes(OffshootException.class)
            .build(),
        ExperimentWorkflowImpl.class,
        DoctorWorkflowImpl.class,
        ViewParentsWorkflowImpl.class,
        RefreshSourceWorkflowImpl.class,
        SessionWorkflowImpl.class,
        VariantsWorkflowImpl.class,
        ReadDiffWorkflowImpl.class,
        ReadSchemaWorkflowImpl.class,
        ReadValueWorkflowImpl.class,
        ReadRevertedWorkflowImpl.class,
        ReadAuditWorkflowImpl.class,
        ViewBranchesWorkflowImpl.class,
        ListExperimentsWorkflowImpl.class);
    worker.registerActivitiesImplementations(
        new FakeWorld(audit), new FakeParents(), audit, new FakeJanitor(), new FakeSession());
    workers.start();
  }

  private void registerSearchAttributes() {
    AddSearchAttributesRequest.Builder request =
        AddSearchAttributesRequest.newBuilder().setNamespace("default");
    OffshootNames.SEARCH_ATTRIBUTES.forEach(
        (name, type) ->
            request.putSearchAttributes(
                name,
                type.equals("Keyword")
                    ? IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD
                    : IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST));
    OperatorServiceGrpc.newBlockingStub(stubs.getRawChannel())
        .withWaitForReady()
        .withDeadlineAfter(30, TimeUnit.SECONDS)
        .addSearchAttributes(request.build());
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /**
   * What a command did.
   *
   * @param code its exit code
   * @param out standard output
   * @param err standard error
   */
  record Result(int code, String out, String err) {}

  /** Runs a command line against this server, without a terminal. */
  Result run(String... arguments) {
    return typing("", arguments);
  }

  /** The same with something on standard input. */
  Result typing(String input, String... arguments) {
    Map<String, String> environment = new HashMap<>();
    environment.put("TEMPORAL_ADDRESS", address);
    environment.put("OFFSHOOT_USER", "ada");
    return run(environment, input, false, arguments);
  }

  static Result run(
      Map<String, String> environment, String input, boolean terminal, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        Offshoot.run(
            new Terminal(
                new BufferedReader(new StringReader(input)),
                new PrintWriter(out),
                new PrintWriter(err),
                terminal,
                terminal,
                0,
                environment),
            arguments);
    return new Result(code, out.toString(), err.toString());
  }

  /** Starts an experiment on {@code parent} and waits until somebody is asked or it has ended. */
  String waiting(String parent) {
    Result started = start(parent);
    return started.out().lines().findFirst().orElseThrow();
  }

  Result start(String parent, String... more) {
    String[] arguments = {
      "experiment",
      "start",
      "--sql",
      "-",
      "--parent",
      parent,
      "--goal",
      "give tiers",
      "--requested-by",
      "agent-7",
      "--wait"
    };
    String[] all = new String[arguments.length + more.length];
    System.arraycopy(arguments, 0, all, 0, arguments.length);
    System.arraycopy(more, 0, all, arguments.length, more.length);
    return typing("SELECT count(*) FROM customers; UPDATE customers SET tier = 'gold'", all);
  }

  @Override
  public void close() {
    workers.shutdownNow();
    stubs.shutdownNow();
    try {
      server.close();
    } catch (Exception e) {
      throw new AssertionError("the server does not end", e);
    }
  }
}
