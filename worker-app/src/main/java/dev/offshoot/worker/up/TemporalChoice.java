package dev.offshoot.worker.up;

import dev.offshoot.worker.settings.SettingsException;
import dev.offshoot.worker.settings.StackSettings;
import dev.offshoot.worker.settings.TemporalSettings;
import dev.offshoot.worker.stack.EmbeddedTemporalServer;
import dev.offshoot.worker.stack.TemporalDevServer;
import dev.offshoot.worker.stack.TemporalProgram;
import dev.offshoot.worker.temporal.TemporalServer;
import dev.offshoot.worker.temporal.TemporalTarget;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which Temporal server a stack uses, and starting it where it is ours. */
final class TemporalChoice {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private TemporalChoice() {}

  /**
   * A Temporal server that may be used now.
   *
   * @param kind {@code dev}, {@code embedded} or {@code server}, as the CLI is told
   * @param target where it is
   * @param ui address of its Web UI, if we know one
   * @param close ends it, if it is ours
   */
  record Running(String kind, TemporalTarget target, @Nullable String ui, Runnable close) {
    /** Whether nobody but us uses it, so that whoever it does not know is gone for good. */
    boolean ours() {
      return !kind.equals("server");
    }
  }

  static Running start(
      StackSettings stack,
      TemporalSettings temporal,
      StackFolder folder,
      Map<String, String> environment) {
    Optional<Path> program = TemporalProgram.find();
    @Nullable String wanted = stack.temporal();
    if (wanted == null) {
      wanted = program.isPresent() ? "dev" : "embedded";
    }
    return switch (wanted) {
      case "dev" ->
          dev(
              stack,
              folder,
              program.orElseThrow(
                  () ->
                      new SettingsException(
                          "offshoot.stack.temporal",
                          "the program 'temporal' is neither on the PATH nor in Go's bin folder",
                          "Install it (go install github.com/temporalio/cli/cmd/temporal@v1.5.1), or use embedded.")));
      case "embedded" -> embedded(stack);
      case "env" -> new Running("server", TemporalTarget.of(temporal, environment), null, () -> {});
      default ->
          new Running(
              "server",
              TemporalTarget.of(temporal.withAddress(wanted), environment),
              null,
              () -> {});
    };
  }

  private static Running dev(StackSettings stack, StackFolder folder, Path program) {
    TemporalDevServer server =
        TemporalDevServer.start(
                new TemporalDevServer.Options(
                    program,
                    folder.temporal(),
                    stack.temporalPort(),
                    stack.uiPort(),
                    TemporalServer.searchAttributes(),
                    START_LIMIT))
            .closedByCaller();
    return new Running(
        "dev", TemporalTarget.local(server.address(), false), server.uiAddress(), server::close);
  }

  private static Running embedded(StackSettings stack) {
    EmbeddedTemporalServer server =
        EmbeddedTemporalServer.start(stack.temporalPort(), TemporalServer.searchAttributes());
    return new Running(
        "embedded", TemporalTarget.local(server.address(), true), null, server::close);
  }
}
