package dev.offshoot.cli;

import dev.offshoot.client.Experiment;
import dev.offshoot.domain.Decision;
import dev.offshoot.domain.DecisionRequest;
import dev.offshoot.domain.ExperimentStatus;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
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
  @Option(
      names = "--digest",
      paramLabel = "DIGEST",
      description = "the change set that you looked at; its first 8 digits or more")
  @Nullable String digest;

  @Option(
      names = "--accept-hazard",
      paramLabel = "HAZARD",
      description = "a hazard that you accept; repeatable")
  List<String> acceptHazards = List.of();

  @Option(
      names = "--resolve",
      paramLabel = "[[TABLE:]KIND=]SIDE",
      description =
          "whose change stands where parent and branch collide: parent or branch; for all conflicts, those of a KIND, of a TABLE, or both (the most specific counts); repeatable")
  List<String> resolve = List.of();

  @Option(
      names = {"-m", "--reason"},
      required = true,
      paramLabel = "WHY",
      description = "why")
  @Nullable String reason;

  @Option(names = "--by", paramLabel = "NAME", description = "who decides (default: you)")
  @Nullable String by;

  @Option(names = "--no-wait", description = "do not wait for the merge")
  boolean noWait;

  @Override
  ExitCode run(Offshoot offshoot, Connection connection, Experiment experiment, Output output)
      throws InterruptedException {
    List<String> hazards = DecisionSender.hazards(acceptHazards);
    ExperimentStatus before = experiment.status();
    DecisionSender sender = new DecisionSender(connection, experiment, output);
    DecisionRequest request =
        new DecisionRequest(
            Objects.requireNonNullElse(by, offshoot.actor()),
            reason,
            DecisionSender.digest(digest, before),
            hazards,
            ResolveOption.read(resolve, before.conflicts()));
    Decision decision = sender.send(Decision.Kind.APPROVE, request);
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
