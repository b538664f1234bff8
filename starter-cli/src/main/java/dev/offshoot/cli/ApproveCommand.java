package dev.offshoot.cli;

import dev.offshoot.client.Experiment;
import dev.offshoot.domain.Decision;
import dev.offshoot.domain.ExperimentStatus;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code experiment approve}. */
@Command(
    name = "approve",
    sortOptions = false,
    description = {
      "Merge the reviewed change set into the parent, and wait until that is done.",
      "Exit codes: 0 merged, 4 not allowed (own experiment, hazard not accepted, no approver),",
      "5 nothing to decide yet, or others must approve too, 7 another digest, decided already,",
      "or conflicts."
    })
final class ApproveCommand extends OneExperimentCommand {
  @Mixin ApprovalOptions approval = new ApprovalOptions();

  @Option(names = "--no-wait", description = "do not wait for the merge")
  boolean noWait;

  @Override
  ExitCode run(Offshoot offshoot, Connection connection, Experiment experiment, Output output)
      throws InterruptedException {
    approval.requireKnownHazards();
    ExperimentStatus before = experiment.status();
    DecisionSender sender = new DecisionSender(connection, experiment, output);
    Decision decision = sender.send(Decision.Kind.APPROVE, approval.request(offshoot, before));
    if (noWait || !decision.settles()) {
      if (output.forPeople()) {
        output.line(new ProgressText(output.colour(), 0).decision(decision));
      } else {
        output.document(decision);
      }
      return decision.settles() ? ExitCode.DONE : ExitCode.PENDING;
    }
    ExperimentStatus after = sender.follow(before);
    if (output.format() == Output.Format.JSON) {
      output.document(after);
    }
    NextStep.of(after).forEach(output::message);
    return after.outcome() == null ? ExitCode.CONFLICT : ExitCode.of(after);
  }
}
