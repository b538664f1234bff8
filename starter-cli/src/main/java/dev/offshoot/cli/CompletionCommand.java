package dev.offshoot.cli;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code completion}. */
@Command(
    name = "completion",
    description = {
      "Print a completion script for bash and zsh:",
      "  source <(./offshoot completion)"
    })
final class CompletionCommand extends OffshootCommand {
  @Spec @Nullable CommandSpec own;

  @Override
  ExitCode run(Offshoot offshoot) {
    offshoot
        .output()
        .line(
            AutoComplete.bash(
                "offshoot", Objects.requireNonNull(own, "set by picocli").root().commandLine()));
    return ExitCode.DONE;
  }
}
