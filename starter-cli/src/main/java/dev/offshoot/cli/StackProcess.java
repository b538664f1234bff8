package dev.offshoot.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.offshoot.domain.OffshootJson;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A stack as a child process. It ends with us: its standard input is a pipe that the system closes
 * even if we are killed. Thread-safe.
 */
final class StackProcess implements AutoCloseable {
  private static final String READY = "OFFSHOOT-READY ";
  private static final String FAILED = "OFFSHOOT-FAILED ";

  private static final Duration READY_PATIENCE = Duration.ofMinutes(5);
  private static final Duration END_PATIENCE = Duration.ofSeconds(30);
  private static final int LAST_LINES = 15;

  private final Process process;
  private final CompletableFuture<String> answer = new CompletableFuture<>();
  private final Deque<String> lastLines = new ArrayDeque<>();
  private final Thread hook = new Thread(this::end, "offshoot-stack-end");

  private StackProcess(Process process) {
    this.process = process;
  }

  /**
   * Starts a child; it is not ready yet.
   *
   * @param jvmOptions for the child's Java
   */
  static StackProcess start(WorkerJar jar, List<String> jvmOptions, StackOptions options) {
    List<String> command = new ArrayList<>(jar.java());
    command.addAll(jvmOptions);
    command.add("-jar");
    command.add(jar.path().toString());
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("SPRING_APPLICATION_JSON", options.springJson());
    try {
      StackProcess stack = new StackProcess(builder.start());
      Runtime.getRuntime().addShutdownHook(stack.hook);
      stack.listen();
      return stack;
    } catch (IOException e) {
      throw new CliException(
          ExitCode.UNEXPECTED, "the worker cannot be started: " + e.getMessage(), null, e);
    }
  }

  private void listen() {
    Thread out = new Thread(() -> read(process.inputReader(StandardCharsets.UTF_8)), "stack-out");
    Thread err =
        new Thread(
            () ->
                read(
                    new BufferedReader(
                        new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))),
            "stack-err");
    out.setDaemon(true);
    err.setDaemon(true);
    out.start();
    err.start();
    // A little later, so that what it said before its end is read first.
    var unused =
        process
            .onExit()
            .thenAcceptAsync(
                ended -> answer.complete(""),
                CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS));
  }

  private void read(BufferedReader lines) {
    try {
      lines.lines().forEach(this::heard);
    } catch (UncheckedIOException e) {
      keep("(its output broke off)");
    }
  }

  private void heard(String line) {
    if (line.startsWith(READY) || line.startsWith(FAILED)) {
      answer.complete(line);
    } else {
      keep(line);
    }
  }

  private synchronized void keep(String line) {
    if (lastLines.size() == LAST_LINES) {
      lastLines.removeFirst();
    }
    lastLines.addLast(line);
  }

  private synchronized String kept() {
    return String.join("\n", lastLines);
  }

  /**
   * Waits until it is ready.
   *
   * @throws CliException if it cannot be, with its own words
   */
  StackReady ready() throws InterruptedException {
    String line;
    try {
      line = answer.get(READY_PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new CliException(
          ExitCode.UNREACHABLE,
          "the stack was not ready within " + READY_PATIENCE.toMinutes() + " minutes",
          "see the log in its data folder",
          e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("never completed with a failure", e);
    }
    try {
      if (line.startsWith(READY)) {
        return OffshootJson.mapper().readValue(line.substring(READY.length()), StackReady.class);
      }
      if (line.startsWith(FAILED)) {
        JsonNode failure = OffshootJson.mapper().readTree(line.substring(FAILED.length()));
        throw new CliException(
            ExitCode.UNEXPECTED,
            failure.path("message").asText("the stack could not be started"),
            failure.path("remedy").asText(null));
      }
    } catch (JsonProcessingException e) {
      throw new CliException(
          ExitCode.UNEXPECTED, "the stack said what we do not understand: " + line, null, e);
    }
    throw new CliException(
        ExitCode.UNEXPECTED,
        "the stack ended before it was ready (exit code %d)\n%s"
            .formatted(process.waitFor(), kept()),
        null);
  }

  /** Waits until it ends by itself; answers its exit code. */
  int waitFor() throws InterruptedException {
    return process.waitFor();
  }

  /** What it wrote last outside its log. */
  @Nullable String lastWords() {
    String words = kept();
    return words.isEmpty() ? null : words;
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

  /** Asks, then insists. Runs also as the shutdown hook. */
  private synchronized void closeInput() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      // A pipe to a process that has ended cannot be flushed, and need not be.
      return;
    }
  }

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
