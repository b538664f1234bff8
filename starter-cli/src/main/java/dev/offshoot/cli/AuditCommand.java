package dev.offshoot.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Everything about the audit records that the ledger keeps. */
@Command(
    name = "audit",
    description = "Export and verify the audit records of experiments that have ended.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {AuditExportCommand.class, AuditVerifyCommand.class})
final class AuditCommand implements Runnable {
  @Spec @Nullable CommandSpec commandSpec;

  @Override
  public void run() {
    if (commandSpec != null) {
      throw new CommandLine.ParameterException(commandSpec.commandLine(), "a command is missing");
    }
  }
}
