package dev.offshoot.worker.stack;

import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.api.operatorservice.v1.ListSearchAttributesRequest;
import io.temporal.api.operatorservice.v1.OperatorServiceGrpc;
import io.temporal.api.workflowservice.v1.DescribeNamespaceRequest;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * A real Temporal server with its Web UI: {@code temporal server start-dev} as a child process, on
 * 127.0.0.1 only, with its state in a folder, so that workflows outlive it. The child ends with us,
 * even when we are killed.
 *
 * <p>A shutdown hook closes it at the end of the JVM; whoever needs an order (workers first,
 * servers last) calls {@link #closedByCaller()} and closes it in that order.
 *
 * <p>Thread-safe.
 */
public final class TemporalDevServer implements AutoCloseable {

  private static final String NAME = "Temporal dev server";
  private static final String NAMESPACE = "default";

  /**
   * What to start.
   *
   * @param program the {@code temporal} program, see {@link TemporalProgram#find()}
   * @param folder keeps the state ({@code temporal.db}) and the log ({@code temporal.log}); created
   *     when missing
   * @param port the gRPC port on 127.0.0.1, or 0 for any free one
   * @param uiPort the port of the Web UI on 127.0.0.1, or 0 for any free one
   * @param searchAttributes name and type of each search attribute that workflows may carry; may
   *     grow from start to start
   * @param startLimit how long the server may take until it answers
   */
  public record Options(
      Path program,
      Path folder,
      int port,
      int uiPort,
      Map<String, IndexedValueType> searchAttributes,
      Duration startLimit) {

    /** Checks what the server could only report in its log. */
    public Options {
      searchAttributes = Map.copyOf(searchAttributes);
      if (startLimit.isNegative() || startLimit.isZero()) {
        throw new IllegalArgumentException("startLimit must be positive, but is " + startLimit);
      }
      for (Map.Entry<String, IndexedValueType> attribute : searchAttributes.entrySet()) {
        if (!attribute.getKey().matches("[A-Za-z][A-Za-z0-9_]*")) {
          throw new IllegalArgumentException(
              "Search attribute '"
                  + attribute.getKey()
                  + "' must be an identifier of letters, digits and _");
        }
        // Throws for UNSPECIFIED and types that this program does not know.
        typeName(attribute.getValue());
      }
    }
  }

  private final FolderLock lock;
  private final ChildProcess child;
  private final int port;
  private final int uiPort;
  private final ExitHook hook;

  private TemporalDevServer(FolderLock lock, ChildProcess child, int port, int uiPort) {
    this.lock = lock;
    this.child = child;
    this.port = port;
    this.uiPort = uiPort;
    this.hook = ExitHook.add("close-temporal-dev-server", this::close);
  }

  /**
   * Starts the server and returns when namespace {@code default} and every search attribute can be
   * used.
   *
   * @throws StackException when a port is taken, the folder is in use, the program ends or does not
   *     answer in time (with the end of its log), or a search attribute exists in the folder with
   *     another type
   */
  public static TemporalDevServer start(Options options) {
    FolderLock lock = FolderLock.acquire(options.folder(), NAME);
    try {
      endLeftover(lock.folder());
      int port = Loopback.claim(options.port(), NAME);
      int uiPort = Loopback.claim(options.uiPort(), NAME + "'s Web UI");
      ChildProcess child =
          ChildProcess.start(
              NAME,
              command(options, lock.folder(), port, uiPort),
              "TERM",
              lock.folder().resolve("temporal.log"));
      TemporalDevServer server = new TemporalDevServer(lock, child, port, uiPort);
      try {
        Files.writeString(pidFile(lock.folder()), Long.toString(child.pid()));
        server.awaitHealthy(options);
        return server;
      } catch (IOException | RuntimeException e) {
        server.close();
        throw e;
      }
    } catch (IOException e) {
      lock.close();
      throw new StackException(
          "The folder "
              + lock.folder()
              + " of the "
              + NAME
              + " cannot be used: make it writable, or choose another.",
          e);
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /**
   * Two servers on one SQLite file would destroy it, and the one of a killed run takes a second to
   * end.
   */
  private static void endLeftover(Path folder) throws IOException {
    if (Files.exists(pidFile(folder))) {
      ChildProcess.endLeftover(
          NAME, Files.readString(pidFile(folder)), databaseFile(folder).toString(), "TERM");
    }
  }

  private static Path databaseFile(Path folder) {
    return folder.resolve("temporal.db");
  }

  private static Path pidFile(Path folder) {
    return folder.resolve("temporal.pid");
  }

  private static List<String> command(Options options, Path folder, int port, int uiPort) {
    List<String> command =
        new ArrayList<>(
            List.of(
                options.program().toAbsolutePath().toString(),
                "server",
                "start-dev",
                "--ip",
                Loopback.HOST,
                "--port",
                Integer.toString(port),
                "--ui-port",
                Integer.toString(uiPort),
                "--db-filename",
                databaseFile(folder).toString(),
                "--log-level",
                "warn",
                "--color",
                "never"));
    new TreeMap<>(options.searchAttributes())
        .forEach(
            (name, type) ->
                command.addAll(List.of("--search-attribute", name + "=" + typeName(type))));
    return command;
  }

  private static String typeName(IndexedValueType type) {
    return switch (type) {
      case INDEXED_VALUE_TYPE_TEXT -> "Text";
      case INDEXED_VALUE_TYPE_KEYWORD -> "Keyword";
      case INDEXED_VALUE_TYPE_INT -> "Int";
      case INDEXED_VALUE_TYPE_DOUBLE -> "Double";
      case INDEXED_VALUE_TYPE_BOOL -> "Bool";
      case INDEXED_VALUE_TYPE_DATETIME -> "Datetime";
      case INDEXED_VALUE_TYPE_KEYWORD_LIST -> "KeywordList";
      case INDEXED_VALUE_TYPE_UNSPECIFIED, UNRECOGNIZED ->
          throw new IllegalArgumentException("A search attribute needs a type, but has " + type);
    };
  }

  private void awaitHealthy(Options options) {
    long deadline = System.nanoTime() + options.startLimit().toNanos();
    // gRPC backs off for a second after a refused connection, so look for the open port first.
    while (!Loopback.accepts(port)) {
      failIfOver(deadline, options.startLimit(), "it does not listen yet");
      Pause.briefly();
    }
    WorkflowServiceStubs workflows =
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder().setTarget(address()).build());
    OperatorServiceGrpc.OperatorServiceBlockingStub operators =
        OperatorServiceGrpc.newBlockingStub(workflows.getRawChannel());
    try {
      while (true) {
        String missing = missing(workflows, operators, options.searchAttributes());
        if (missing.isEmpty()) {
          break;
        }
        failIfOver(deadline, options.startLimit(), missing);
        Pause.briefly();
      }
    } finally {
      workflows.shutdownNow();
    }
    // Whoever answered must be ours: the port was free, but another program could have been faster.
    failIfOver(deadline, options.startLimit(), "another program may have taken port " + port);
  }

  /** What is not there yet, or nothing when the server is healthy. */
  private static String missing(
      WorkflowServiceStubs workflows,
      OperatorServiceGrpc.OperatorServiceBlockingStub operators,
      Map<String, IndexedValueType> searchAttributes) {
    try {
      workflows
          .blockingStub()
          .withDeadlineAfter(2, TimeUnit.SECONDS)
          .describeNamespace(DescribeNamespaceRequest.newBuilder().setNamespace(NAMESPACE).build());
      Map<String, IndexedValueType> registered =
          operators
              .withDeadlineAfter(2, TimeUnit.SECONDS)
              .listSearchAttributes(
                  ListSearchAttributesRequest.newBuilder().setNamespace(NAMESPACE).build())
              .getCustomAttributesMap();
      for (Map.Entry<String, IndexedValueType> wanted : searchAttributes.entrySet()) {
        IndexedValueType type = registered.get(wanted.getKey());
        if (type == null) {
          return "search attribute " + wanted.getKey() + " is not registered yet";
        }
        // The program accepts another type for a known name without a word and keeps the old one.
        if (type != wanted.getValue()) {
          throw new StackException(
              "Search attribute "
                  + wanted.getKey()
                  + " is "
                  + typeName(type)
                  + " in the Temporal server's folder, but "
                  + typeName(wanted.getValue())
                  + " is needed. Choose another folder, or remove the attribute there (temporal operator"
                  + " search-attribute remove).");
        }
      }
      return "";
    } catch (StatusRuntimeException e) {
      return "it answers " + e.getStatus().getCode();
    }
  }

  private void failIfOver(long deadline, Duration limit, String state) {
    if (!child.isAlive()) {
      throw new StackException("The " + NAME + " ended while it started. " + whatItSaid());
    }
    if (System.nanoTime() > deadline) {
      throw new StackException(
          "The " + NAME + " was not healthy after " + limit + ": " + state + ". " + whatItSaid());
    }
  }

  private String whatItSaid() {
    return "The end of its log " + child.log() + ":\n" + child.logTail();
  }

  /** Host and port of the gRPC service, as the Temporal clients want it. */
  public String address() {
    return Loopback.HOST + ":" + port;
  }

  /** Address of the Web UI, for a browser. */
  public String uiAddress() {
    return "http://" + Loopback.HOST + ":" + uiPort;
  }

  /** Whether the child still runs. */
  public boolean isAlive() {
    return child.isAlive();
  }

  /** Takes the shutdown hook away: the caller promises to call {@link #close()}. */
  public TemporalDevServer closedByCaller() {
    hook.remove();
    return this;
  }

  /**
   * Ends the child by SIGTERM, later by SIGKILL, and waits for it. The state stays in the folder.
   * Idempotent.
   */
  @Override
  public synchronized void close() {
    hook.remove();
    try {
      child.close();
    } finally {
      lock.close();
    }
  }

  @Override
  public String toString() {
    return "TemporalDevServer[" + address() + ", " + uiAddress() + "]";
  }
}
