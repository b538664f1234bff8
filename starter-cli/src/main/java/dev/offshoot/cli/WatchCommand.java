package dev.offshoot.cli;

import dev.offshoot.client.Experiment;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.Stage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code experiment watch}. */
@Command(
    name = "watch",
    description = {
      "Follow an experiment live until it has ended, also one that ended before.",
      "-o jsonl prints each event as a line of JSON. Ctrl-C stops watching, not the experiment."
    })
final class WatchCommand extends OneExperimentCommand {
  @Option(names = "--until-decision", description = "stop as soon as a person is asked (exit 5)")
  boolean untilDecision;

  @Override
  ExitCode run(Offshoot offshoot, Connection connection, Experiment experiment, Output output)
      throws InterruptedException {
    ExperimentStatus status =
        new LiveView(connection, output)
            .follow(experiment, now -> untilDecision && now.stage() == Stage.AWAITING_DECISION);
    if (output.format() == Output.Format.JSON) {
      output.document(status);
    }
    NextStep.of(status).forEach(output::message);
    return ExitCode.of(status);
  }
}
