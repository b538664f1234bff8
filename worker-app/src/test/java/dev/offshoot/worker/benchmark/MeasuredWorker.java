package dev.offshoot.worker.benchmark;

import dev.offshoot.worker.WorkerApplication;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A worker as {@code ./offshoot worker} starts it, whose memory can be told: all of its heap is
 * resident from the start, so that what the process grows by is outside of it.
 */
final class MeasuredWorker implements AutoCloseable {
  private static final String POLLING = "polling task queue";
  private static final int PATIENCE_SECONDS = 300;
  private static final Pattern USED = Pattern.compile("heap .*used (\\d+)K");
  private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
  private static final Pattern THREADS = Pattern.compile("Threads:\\s+(\\d+)");

  private final Process process;
  private final Path log;

  private MeasuredWorker(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /**
   * Its memory in kB.
   *
   * @param heap used after a collection
   * @param outside resident and not heap: stacks of threads, code, buffers
   * @param threads how many there are
   */
  record Memory(long heap, long outside, int threads) {
    long all() {
      return heap + outside;
    }
  }

  static MeasuredWorker start(Path configuration) throws IOException {
    Path log = Files.createTempFile(configuration.getParent(), "worker-", ".log");
    Process process =
        new ProcessBuilder(
                program("java"),
                "-Xms512m",
                "-Xmx512m",
                "-XX:+AlwaysPreTouch",
                "-cp",
                classPath(),
                WorkerApplication.class.getName(),
                "--config",
                configuration.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    // Also where this program is interrupted.
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    return new MeasuredWorker(process, log);
  }

  private static String program(String name) {
    return Path.of(System.getProperty("java.home"), "bin", name).toString();
  }

  /** The worker's own classes, without the tests'. */
  private static String classPath() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !entry.endsWith("-tests.jar") && !entry.endsWith("test-classes"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  MeasuredWorker awaitPolling() throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!Files.readString(log).contains(POLLING)) {
      if (!process.isAlive() || System.nanoTime() > end) {
        throw new IllegalStateException("the worker does not poll:\n" + Files.readString(log));
      }
      Thread.sleep(50);
    }
    return this;
  }

  /** Collects its garbage and looks. */
  Memory memory() throws IOException, InterruptedException {
    for (int i = 0; i < 2; i++) {
      var unused = jcmd("GC.run");
    }
    String heap = jcmd("GC.heap_info");
    String status = Files.readString(Path.of("/proc/" + process.pid() + "/status"));
    long resident = number(RESIDENT, status);
    return new Memory(
        number(USED, heap), resident - 512 * 1024, Math.toIntExact(number(THREADS, status)));
  }

  private String jcmd(String command) throws IOException, InterruptedException {
    Process jcmd =
        new ProcessBuilder(List.of(program("jcmd"), Long.toString(process.pid()), command))
            .redirectErrorStream(true)
            .start();
    String said = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (jcmd.waitFor() != 0) {
      throw new IllegalStateException("jcmd %s: %s".formatted(command, said));
    }
    return said;
  }

  private static long number(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      throw new IllegalStateException("no %s in %s".formatted(pattern, text));
    }
    return Long.parseLong(matcher.group(1));
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }
}
