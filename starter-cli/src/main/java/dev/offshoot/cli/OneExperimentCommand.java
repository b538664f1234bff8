package dev.offshoot.cli;

import dev.offshoot.client.Experiment;
import dev.offshoot.domain.ExperimentId;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Parameters;

/** A command about an experiment that exists. */
abstract class OneExperimentCommand extends OffshootCommand {
  @Parameters(paramLabel = "ID", description = "the experiment")
  @Nullable String id;

  @Override
  final ExitCode run(Offshoot offshoot) throws InterruptedException {
    String given = String.valueOf(id);
    ExperimentId experimentId =
        given.startsWith("experiment-") ? ExperimentId.ofWorkflow(given) : new ExperimentId(given);
    try (Connection connection = offshoot.connect()) {
      return run(
          offshoot, connection, connection.offshoot().experiment(experimentId), offshoot.output());
    }
  }

  abstract ExitCode run(
      Offshoot offshoot, Connection connection, Experiment experiment, Output output)
      throws InterruptedException;
}
