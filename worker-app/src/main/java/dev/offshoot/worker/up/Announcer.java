package dev.offshoot.worker.up;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.OffshootJson;
import dev.offshoot.worker.settings.SettingProblem;
import dev.offshoot.worker.settings.SettingsException;
import dev.offshoot.worker.stack.StackException;
import java.io.PrintStream;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tells the CLI that started us, in one line on standard output, that the stack is ready or why it
 * is not. Whatever comes second is dropped. Thread-safe.
 */
public final class Announcer {
  private static final String READY = "OFFSHOOT-READY ";
  private static final String FAILED = "OFFSHOOT-FAILED ";

  private final PrintStream out;
  private final AtomicBoolean said = new AtomicBoolean();

  public Announcer(PrintStream out) {
    this.out = out;
  }

  /** The workers poll. */
  public void ready(StackServers servers, Collection<String> parents) {
    TemporalChoice.Running temporal = servers.temporal();
    ObjectNode json = OffshootJson.mapper().createObjectNode();
    json.put("temporal", temporal.target().address());
    json.put("temporalKind", temporal.kind());
    if (temporal.ui() != null) {
      json.put("ui", temporal.ui());
    }
    json.put("namespace", temporal.target().namespace());
    ArrayNode names = json.putArray("parents");
    parents.forEach(names::add);
    json.put("dataFolder", servers.folder().root().toString());
    json.put("logFile", servers.folder().logFile().toString());
    say(READY, json);
  }

  /** The stack cannot be started. */
  public void failed(Throwable failure, @Nullable StackFolder folder) {
    ObjectNode json = OffshootJson.mapper().createObjectNode();
    String log =
        folder == null || folder.ephemeral()
            ? "Set a data folder to keep the log, and try again."
            : "See %s.".formatted(folder.logFile());
    json.put("message", "the stack could not be started: " + failure.getClass().getSimpleName());
    json.put("remedy", log);
    for (@Nullable Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof SettingsException settings) {
        json.put("message", text(settings, p -> p.key() + ": " + p.problem()));
        json.put("remedy", text(settings, SettingProblem::remedy));
        break;
      }
      if (t instanceof StackFailure stack) {
        json.put("message", stack.getMessage());
        json.put("remedy", stack.remedy());
        break;
      }
      if (t instanceof StackException || t instanceof OffshootException) {
        json.put("message", t.getMessage());
        break;
      }
    }
    say(FAILED, json);
  }

  private static String text(SettingsException settings, Function<SettingProblem, String> part) {
    return settings.problems().stream().map(part).distinct().collect(Collectors.joining("; "));
  }

  private void say(String what, JsonNode json) {
    if (!said.compareAndSet(false, true)) {
      return;
    }
    try {
      out.println(what + OffshootJson.mapper().writeValueAsString(json));
      out.flush();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a JSON tree can always be written", e);
    }
  }
}
