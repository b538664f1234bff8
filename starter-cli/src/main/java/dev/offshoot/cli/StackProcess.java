package dev.offshoot.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.offshoot.domain.OffshootJson;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A stack as a child process, which ends with us. Thread-safe. */
final class StackProcess implements AutoCloseable {
  private static final String READY = "OFFSHOOT-READY ";
  private static final String FAILED = "OFFSHOOT-FAILED ";

  private static final Duration READY_PATIENCE = Duration.ofMinutes(5);

  private final CompletableFuture<String> answer = new CompletableFuture<>();
  private final WorkerProcess child;

  private StackProcess(WorkerJar jar, List<String> jvmOptions, StackOptions options) {
    child =
        WorkerProcess.start(
            jar,
            jvmOptions,
            List.of(),
            Map.of("SPRING_APPLICATION_JSON", options.springJson()),
            this::hears);
    child.whenEnded(() -> answer.complete(""));
  }

  /**
   * Starts a child; it is not ready yet.
   *
   * @param jvmOptions for the child's Java
   */
  static StackProcess start(WorkerJar jar, List<String> jvmOptions, StackOptions options) {
    return new StackProcess(jar, jvmOptions, options);
  }

  private boolean hears(String line) {
    boolean meant = line.startsWith(READY) || line.startsWith(FAILED);
    if (meant) {
      answer.complete(line);
    }
    return meant;
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
            .formatted(child.waitFor(), Objects.requireNonNullElse(child.lastWords(), "")),
        null);
  }

  /** Waits until it ends by itself; answers its exit code. */
  int waitFor() throws InterruptedException {
    return child.waitFor();
  }

  /** What it wrote last outside its log. */
  @Nullable String lastWords() {
    return child.lastWords();
  }

  @Override
  public void close() {
    child.close();
  }
}
