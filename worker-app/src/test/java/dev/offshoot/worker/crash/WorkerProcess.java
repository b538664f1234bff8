package dev.offshoot.worker.crash;

import dev.offshoot.worker.WorkerApplication;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A worker as {@code ./offshoot worker} starts it, in a process of its own that can be killed. */
final class WorkerProcess implements AutoCloseable {
  private static final String POLLING = "polling task queue";
  private static final int PATIENCE_SECONDS = 180;

  /** Where Spring finds the port, whatever the configuration says. */
  private static final String PORT = "SERVER_PORT";

  private final Process process;
  private final Path log;
  private final SeenFromOutside outside;

  private WorkerProcess(Process process, Path log, int port) {
    this.process = process;
    this.log = log;
    this.outside = new SeenFromOutside(log.getParent(), process.pid(), port);
  }

  /**
   * @param points where it asks at every point; it goes on everywhere if there is nobody
   */
  static WorkerProcess start(Path configuration, PointsOfSteps points) throws IOException {
    return start(
        configuration,
        List.of(),
        ownClassPath(),
        List.of("--spring.main.sources=" + CrashPoints.class.getName()),
        Integer.toString(points.port()));
  }

  /** One that asks nobody. */
  static WorkerProcess start(Path configuration) throws IOException {
    return start(configuration, List.of(), ownClassPath(), List.of(), "0");
  }

  /** One that asks nobody and writes the archive by which others start sooner; see {@link #end}. */
  static WorkerProcess archiving(Path configuration, WorkerArchive archive) throws IOException {
    return start(configuration, archive.writing(), archive.classPath(), List.of(), "0");
  }

  /** One that asks nobody and starts from the archive. */
  static WorkerProcess start(Path configuration, WorkerArchive archive) throws IOException {
    return start(configuration, archive.reading(), archive.classPath(), List.of(), "0");
  }

  private static WorkerProcess start(
      Path configuration, List<String> options, String classPath, List<String> more, String port)
      throws IOException {
    Path log = Files.createTempFile(configuration.getParent(), "worker-", ".log");
    ProcessBuilder builder =
        new ProcessBuilder(
            Stream.concat(
                    Stream.concat(
                        Stream.of(
                            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+UseSerialGC",
                            "-Xmx512m",
                            "-Xshare:auto"),
                        options.stream()),
                    Stream.concat(
                        Stream.of(
                            "-cp",
                            classPath,
                            WorkerApplication.class.getName(),
                            "--config",
                            configuration.toString()),
                        more.stream()))
                .toList());
    builder.environment().put(CrashPoints.PORT, port);
    int free = freePort();
    builder.environment().put(PORT, Integer.toString(free));
    builder.redirectErrorStream(true);
    builder.redirectOutput(log.toFile());
    return new WorkerProcess(builder.start(), log, free);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** The worker's own classes and, of the tests', those of the points. */
  static String ownClassPath() {
    String own =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return Stream.of(own.split(File.pathSeparator))
        .filter(entry -> !entry.endsWith("-tests.jar"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  WorkerProcess awaitPolling() throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!log().contains(POLLING)) {
      if (!process.isAlive() || System.nanoTime() > end) {
        throw new AssertionError("the worker does not poll:\n" + log());
      }
      Thread.sleep(50);
    }
    return this;
  }

  String log() throws IOException {
    return Files.readString(log);
  }

  SeenFromOutside outside() {
    return outside;
  }

  /** Whether it has come to work. */
  boolean isPolling() {
    try {
      return process.isAlive() && log().contains(POLLING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** SIGKILL: no hook runs, no connection is closed in good order. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** SIGTERM, and until it has put everything away. */
  void end() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("the worker does not end");
    }
  }

  @Override
  public void close() throws InterruptedException {
    kill();
  }
}
