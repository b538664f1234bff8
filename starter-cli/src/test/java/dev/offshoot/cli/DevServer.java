package dev.offshoot.cli;

import io.grpc.StatusRuntimeException;
import io.temporal.api.workflowservice.v1.DescribeNamespaceRequest;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A {@code temporal server start-dev} of the test's own. */
record DevServer(Process process, String address) implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int ATTEMPTS = 3;

  /** The program on the PATH or in Go's bin folder. */
  static Optional<Path> program() {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Stream.concat(
            Pattern.compile(Pattern.quote(File.pathSeparator)).splitAsStream(path),
            Stream.of(System.getProperty("user.home") + "/go/bin"))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, "temporal"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * Starts one and returns when it serves. The program takes more ports than the one it is given,
   * and another process may be faster; so it is tried again on others.
   */
  static DevServer start() throws IOException {
    for (int attempt = 1; ; attempt++) {
      Path log = Files.createTempFile("temporal-start-dev", ".log");
      DevServer server = launch(log);
      try {
        server.awaitService();
        Files.delete(log);
        return server;
      } catch (RuntimeException e) {
        server.close();
        String said = Files.readString(log);
        Files.delete(log);
        if (attempt == ATTEMPTS) {
          throw new IllegalStateException("start-dev does not serve; it said: " + said, e);
        }
      }
    }
  }

  private static DevServer launch(Path log) throws IOException {
    int port = CliWorld.freePort();
    Process process =
        new ProcessBuilder(
                program().orElseThrow().toString(),
                "server",
                "start-dev",
                "--headless",
                "--ip=127.0.0.1",
                "--port=" + port,
                "--log-level=error")
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    return new DevServer(process, "127.0.0.1:" + port);
  }

  /** Its front end answers before the namespace is there. */
  private void awaitService() {
    WorkflowServiceStubs stubs =
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder().setTarget(address).build());
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    try {
      while (true) {
        try {
          stubs
              .blockingStub()
              .withDeadlineAfter(5, TimeUnit.SECONDS)
              .describeNamespace(
                  DescribeNamespaceRequest.newBuilder().setNamespace("default").build());
          break;
        } catch (StatusRuntimeException e) {
          if (!process.isAlive() || System.nanoTime() > deadline) {
            throw e;
          }
          pause();
        }
      }
      if (!process.isAlive()) {
        throw new IllegalStateException("another program answers at " + address);
      }
    } finally {
      stubs.shutdownNow();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
