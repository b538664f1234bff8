package dev.offshoot.cli;

import dev.offshoot.client.Experiment;
import java.time.Instant;
import picocli.CommandLine.Command;

/** {@code experiment show}. */
@Command(name = "show", description = "Show all that is known of an experiment now.")
final class ShowCommand extends OneExperimentCommand {
  @Override
  ExitCode run(Offshoot offshoot, Connection connection, Experiment experiment, Output output) {
    ShownExperiment shown = ShownExperiment.of(experiment, new ReadQuestions(connection));
    if (!output.forPeople()) {
      output.document(shown);
      return ExitCode.DONE;
    }
    output.lines(
        new StatusRenderer(output.colour(), output.terminal().columns())
            .lines(shown, Instant.now()));
    NextStep.of(shown.status()).forEach(output::message);
    return ExitCode.DONE;
  }
}
