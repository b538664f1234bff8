package dev.offshoot.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Everything about parents and the copies that branches are made of. */
@Command(
    name = "parent",
    description = "Look at parents; refresh the copies that branches are made of.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {ParentListCommand.class, ParentShowCommand.class, ParentRefreshCommand.class})
final class ParentCommand implements Runnable {
  @Spec @Nullable CommandSpec commandSpec;

  @Override
  public void run() {
    if (commandSpec != null) {
      throw new CommandLine.ParameterException(commandSpec.commandLine(), "a command is missing");
    }
  }
}
