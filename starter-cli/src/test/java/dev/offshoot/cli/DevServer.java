package dev.offshoot.cli;

import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A {@code temporal server start-dev} of the test's own. */
record DevServer(Process process, String address) implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

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

  static DevServer start() throws IOException {
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
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    DevServer server = new DevServer(process, "127.0.0.1:" + port);
    WorkflowServiceStubs stubs =
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder().setTarget(server.address()).build());
    try {
      stubs.connect(PATIENCE);
      return server;
    } catch (RuntimeException e) {
      server.close();
      throw e;
    } finally {
      stubs.shutdownNow();
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
