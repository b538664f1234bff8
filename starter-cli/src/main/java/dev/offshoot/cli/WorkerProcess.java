package dev.offshoot.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The worker's program as a child process. It ends with us: its standard input is a pipe that the
 * system closes even if we are killed. Thread-safe.
 */
final class WorkerProcess implements AutoCloseable {
  private static final Duration END_PATIENCE = Duration.ofSeconds(30);
  private static final int LAST_LINES = 15;

  private final Process process;
  private final Predicate<String> hears;
  private final Deque<String> lastLines = new ArrayDeque<>();
  private final Thread hook = new Thread(this::end, "offshoot-child-end");

  private WorkerProcess(Process process, Predicate<String> hears) {
    this.process = process;
    this.hears = hears;
  }

  /**
   * Starts one.
   *
   * @param jvmOptions for the child's Java
   * @param arguments of the program
   * @param environment variables besides ours
   * @param hears is given every line, from any thread; answers whether it was meant for it
   */
  static WorkerProcess start(
      WorkerJar jar,
      List<String> jvmOptions,
      List<String> arguments,
      Map<String, String> environment,
      Predicate<String> hears) {
    List<String> command = new ArrayList<>(jar.java());
    command.addAll(jvmOptions);
    command.add("-jar");
    command.add(jar.path().toString());
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    try {
      WorkerProcess child = new WorkerProcess(builder.start(), hears);
      Runtime.getRuntime().addShutdownHook(child.hook);
      child.listen();
      return child;
    } catch (IOException e) {
      throw new CliException(
          ExitCode.UNEXPECTED, "the worker cannot be started: " + e.getMessage(), null, e);
    }
  }

  private void listen() {
    Thread out = new Thread(() -> read(process.inputReader(StandardCharsets.UTF_8)), "child-out");
    Thread err =
        new Thread(
            () ->
                read(
                    new BufferedReader(
                        new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))),
            "child-err");
    out.setDaemon(true);
    err.setDaemon(true);
    out.start();
    err.start();
  }

  private void read(BufferedReader lines) {
    try {
      lines.lines().filter(line -> !hears.test(line)).forEach(this::keep);
    } catch (UncheckedIOException e) {
      keep("(its output broke off)");
    }
  }

  /**
   * Runs {@code action} when it has ended, a little later, so that what it said before is heard.
   */
  void whenEnded(Runnable action) {
    var unused =
        process
            .onExit()
            .thenRunAsync(action, CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS));
  }

  private synchronized void keep(String line) {
    if (lastLines.size() == LAST_LINES) {
      lastLines.removeFirst();
    }
    lastLines.addLast(line);
  }

  /** What it wrote last that nobody was meant to hear. */
  synchronized @Nullable String lastWords() {
    return lastLines.isEmpty() ? null : String.join("\n", lastLines);
  }

  /** Waits until it ends by itself; answers its exit code. */
  int waitFor() throws InterruptedException {
    return process.waitFor();
  }

  @Override
  public void close() {
    end();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The virtual machine is going down, and the hook has nothing left to do.
      return;
    }
  }

  private synchronized void closeInput() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      // A pipe to a process that has ended cannot be flushed, and need not be.
      return;
    }
  }

  /** Asks, then insists. Runs also as the shutdown hook. */
  private void end() {
    closeInput();
    try {
      if (!process.waitFor(END_PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroy();
        if (!process.waitFor(5, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
