package dev.offshoot.cli;

import dev.offshoot.client.Experiment;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code experiment history}. */
@Command(
    name = "history",
    description = {
      "Print the audit: who did what, when, to which change set.",
      "Read from the workflow's history at the Temporal server; needs no worker."
    })
final class HistoryCommand extends OneExperimentCommand {
  @Override
  ExitCode run(Offshoot offshoot, Connection connection, Experiment experiment, Output output) {
    List<AuditEntry> entries = Audit.of(connection, experiment, output);
    if (output.forPeople()) {
      output.lines(AuditRenderer.lines(entries, output.colour()));
    } else {
      output.documents(entries);
    }
    return ExitCode.DONE;
  }
}
