package dev.offshoot.cli;

import dev.offshoot.client.AgentSession;
import dev.offshoot.client.Experiment;

/** A command to the session of an experiment. */
abstract class SessionCommand extends OneExperimentCommand {

  @Override
  final ExitCode run(Offshoot offshoot, Connection connection, Experiment experiment, Output output)
      throws InterruptedException {
    return run(experiment.session(), experiment, connection, output);
  }

  abstract ExitCode run(
      AgentSession session, Experiment experiment, Connection connection, Output output)
      throws InterruptedException;
}
