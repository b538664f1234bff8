package dev.offshoot.worker;

import com.fasterxml.jackson.databind.JsonNode;
import dev.offshoot.domain.OffshootJson;
import dev.offshoot.workflow.OffshootDataConverter;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A stack as the CLI starts it: the worker's program as a child process that says on standard
 * output when it is ready and ends with its standard input.
 */
final class ChildStack implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 120;

  private final Process process;
  private final BufferedReader out;
  private final String answer;
  private final Duration took;
  private @Nullable WorkflowServiceStubs stubs;

  private ChildStack(Process process, BufferedReader out, String answer, Duration took) {
    this.process = process;
    this.out = out;
    this.answer = answer;
    this.took = took;
  }

  /** Starts it and waits for its one line. */
  static ChildStack start(Map<String, ?> stack) throws Exception {
    String json =
        OffshootJson.mapper()
            .writeValueAsString(Map.of("offshoot", Map.of("stack", withDefaults(stack))));
    long begin = System.nanoTime();
    Process process = program(Map.of("SPRING_APPLICATION_JSON", json), List.of());
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    CompletableFuture<String> line = CompletableFuture.supplyAsync(() -> readLine(out));
    try {
      String answer = line.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      return new ChildStack(process, out, answer, Duration.ofNanos(System.nanoTime() - begin));
    } catch (Exception e) {
      process.destroyForcibly();
      throw e;
    }
  }

  /** Starts the worker's program as the CLI does. */
  static Process program(Map<String, String> environment, List<String> arguments)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                classPath(),
                WorkerApplication.class.getName()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    return builder.start();
  }

  private static Map<String, Object> withDefaults(Map<String, ?> stack) {
    Map<String, Object> all = new HashMap<>(stack);
    all.put("enabled", true);
    return all;
  }

  /** What the worker's jar holds: no tests and no test configuration of logging. */
  private static String classPath() {
    String own =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return Stream.of(own.split(File.pathSeparator))
        .filter(entry -> !entry.contains("test-classes") && !entry.contains("-tests.jar"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static String readLine(BufferedReader out) {
    try {
      return String.valueOf(out.readLine());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What it said when it was ready. */
  JsonNode ready() throws IOException {
    if (!answer.startsWith("OFFSHOOT-READY ")) {
      throw new AssertionError("not ready: " + answer);
    }
    return OffshootJson.mapper().readTree(answer.substring("OFFSHOOT-READY ".length()));
  }

  /** What it said when it failed. */
  JsonNode failed() throws IOException {
    if (!answer.startsWith("OFFSHOOT-FAILED ")) {
      throw new AssertionError("not failed: " + answer);
    }
    return OffshootJson.mapper().readTree(answer.substring("OFFSHOOT-FAILED ".length()));
  }

  /** From the start of the process to its line. */
  Duration took() {
    return took;
  }

  WorkflowClient client() throws IOException {
    if (stubs == null) {
      stubs =
          WorkflowServiceStubs.newServiceStubs(
              WorkflowServiceStubsOptions.newBuilder()
                  .setTarget(ready().get("temporal").asText())
                  .build());
    }
    return WorkflowClient.newInstance(
        stubs,
        WorkflowClientOptions.newBuilder().setDataConverter(OffshootDataConverter.get()).build());
  }

  /** Ends its standard input, as the CLI's end does; answers what else it wrote. */
  List<String> endInput() throws IOException {
    if (stubs != null) {
      stubs.shutdownNow();
    }
    process.outputWriter().close();
    List<String> rest = new ArrayList<>(out.lines().toList());
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        throw new AssertionError("it does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return rest;
  }

  int exitCode() {
    return process.exitValue();
  }

  Process process() {
    return process;
  }

  @Override
  public void close() throws IOException {
    if (process.isAlive()) {
      var unused = endInput();
    }
  }
}
