package dev.offshoot.cli;

import dev.offshoot.client.Experiment;
import dev.offshoot.domain.Decision;
import dev.offshoot.domain.DecisionRequest;
import dev.offshoot.domain.ExperimentStatus;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code experiment reject}. */
@Command(
    name = "reject",
    sortOptions = false,
    description = "Drop an experiment, at any stage before its merge (exit 0: it was dropped).")
final class RejectCommand extends OneExperimentCommand {
  @Mixin ReasonOptions reason = new ReasonOptions();

  @Override
  ExitCode run(Offshoot offshoot, Connection connection, Experiment experiment, Output output)
      throws InterruptedException {
    ExperimentStatus before = experiment.status();
    DecisionSender sender = new DecisionSender(connection, experiment, output);
    sender.send(
        Decision.Kind.REJECT,
        new DecisionRequest(reason.by(offshoot), reason.reason, null, List.of()));
    ExperimentStatus after = sender.follow(before);
    if (output.format() == Output.Format.JSON) {
      output.document(after);
    }
    return ExitCode.of(after) == ExitCode.DROPPED ? ExitCode.DONE : ExitCode.CONFLICT;
  }
}
