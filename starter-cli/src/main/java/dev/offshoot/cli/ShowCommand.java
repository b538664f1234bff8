package dev.offshoot.cli;

import dev.offshoot.client.Experiment;
import dev.offshoot.domain.ExperimentStatus;
import java.time.Instant;
import picocli.CommandLine.Command;

/** {@code experiment show}. */
@Command(name = "show", description = "Show all that is known of an experiment now.")
final class ShowCommand extends OneExperimentCommand {
  @Override
  ExitCode run(Offshoot offshoot, Connection connection, Experiment experiment, Output output) {
    ExperimentStatus status = experiment.status();
    if (!output.forPeople()) {
      output.document(status);
      return ExitCode.DONE;
    }
    output.lines(
        new StatusRenderer(output.colour(), output.terminal().columns())
            .lines(status, Instant.now()));
    NextStep.of(status).forEach(output::message);
    return ExitCode.DONE;
  }
}
