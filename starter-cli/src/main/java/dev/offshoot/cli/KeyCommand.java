package dev.offshoot.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Everything about the keys that payloads are encrypted with. */
@Command(
    name = "key",
    description = "Make keys that payloads in Temporal are encrypted with.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {KeyNewCommand.class})
final class KeyCommand implements Runnable {
  @Spec @Nullable CommandSpec commandSpec;

  @Override
  public void run() {
    if (commandSpec != null) {
      throw new CommandLine.ParameterException(commandSpec.commandLine(), "a command is missing");
    }
  }
}
