package dev.offshoot.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.offshoot.domain.OffshootJson;
import dev.offshoot.score.CaseResult;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** An evaluation as a child process, which ends with us. For one use by one thread. */
final class EvaluationProcess implements AutoCloseable {
  private static final String BEGIN = "OFFSHOOT-BEGIN ";
  private static final String RESULT = "OFFSHOOT-RESULT ";
  private static final String END = "OFFSHOOT-END ";
  private static final String FAILED = "OFFSHOOT-FAILED ";
  private static final String GONE = "";

  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private final WorkerProcess child;

  /**
   * Starts it.
   *
   * @param arguments of the worker's program
   */
  EvaluationProcess(WorkerJar jar, List<String> arguments) {
    child = WorkerProcess.start(jar, List.of(), arguments, Map.of(), this::hears);
    child.whenEnded(() -> heard.add(GONE));
  }

  private boolean hears(String line) {
    return line.startsWith("OFFSHOOT-") && heard.add(line);
  }

  /**
   * Waits until it is done.
   *
   * @param results is told every result, and how many there may be at most
   * @return which judge was asked
   * @throws CliException with its own words if it failed
   */
  String follow(BiConsumer<CaseResult, Integer> results) throws InterruptedException {
    int most = 0;
    while (true) {
      String line = heard.take();
      if (line.startsWith(BEGIN)) {
        most = tree(line, BEGIN).path("mostResults").asInt();
      } else if (line.startsWith(RESULT)) {
        results.accept(result(line), most);
      } else if (line.startsWith(END)) {
        return tree(line, END).path("judge").asText();
      } else if (line.startsWith(FAILED)) {
        throw new CliException(
            ExitCode.UNEXPECTED, tree(line, FAILED).path("message").asText(), null);
      } else if (line.equals(GONE)) {
        @Nullable String words = child.lastWords();
        throw new CliException(
            ExitCode.UNEXPECTED,
            "the evaluation ended in the middle (exit code %d)%s"
                .formatted(child.waitFor(), words == null ? "" : "\n" + words),
            null);
      }
    }
  }

  private static CaseResult result(String line) {
    try {
      return OffshootJson.mapper().readValue(line.substring(RESULT.length()), CaseResult.class);
    } catch (JsonProcessingException e) {
      throw notUnderstood(e);
    }
  }

  private static JsonNode tree(String line, String prefix) {
    try {
      return OffshootJson.mapper().readTree(line.substring(prefix.length()));
    } catch (JsonProcessingException e) {
      throw notUnderstood(e);
    }
  }

  private static CliException notUnderstood(JsonProcessingException e) {
    return new CliException(
        ExitCode.UNEXPECTED,
        "the evaluation said what we do not understand",
        "build both with mvn -Dquick package",
        e);
  }

  @Override
  public void close() {
    child.close();
  }
}
