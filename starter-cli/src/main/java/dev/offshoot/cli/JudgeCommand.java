package dev.offshoot.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Everything about the advice of policy and judge. */
@Command(
    name = "judge",
    description = "Find out how good the advice of policy and judge is.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {JudgeEvalCommand.class})
final class JudgeCommand implements Runnable {
  @Spec @Nullable CommandSpec commandSpec;

  @Override
  public void run() {
    if (commandSpec != null) {
      throw new CommandLine.ParameterException(commandSpec.commandLine(), "a command is missing");
    }
  }
}
