package dev.offshoot.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Everything about single experiments. */
@Command(
    name = "experiment",
    description = "Start experiments, look at them, decide.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      StartCommand.class,
      OpenCommand.class,
      VariantsCommand.class,
      CompareCommand.class,
      PickCommand.class,
      RunCommand.class,
      ConnectCommand.class,
      DisconnectCommand.class,
      RowsCommand.class,
      SavepointCommand.class,
      UndoCommand.class,
      SubmitCommand.class,
      DiscardCommand.class,
      ShowCommand.class,
      WatchCommand.class,
      DiffCommand.class,
      ApproveCommand.class,
      RejectCommand.class,
      CancelCommand.class,
      RevertCommand.class,
      ExtendCommand.class,
      HistoryCommand.class,
      ListCommand.class
    })
final class ExperimentCommand implements Runnable {
  @Spec @Nullable CommandSpec commandSpec;

  @Override
  public void run() {
    if (commandSpec != null) {
      throw new CommandLine.ParameterException(commandSpec.commandLine(), "a command is missing");
    }
  }
}
