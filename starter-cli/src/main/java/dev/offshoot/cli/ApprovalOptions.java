package dev.offshoot.cli;

import dev.offshoot.domain.DecisionRequest;
import dev.offshoot.domain.ExperimentStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What somebody says who wants a change set merged. */
final class ApprovalOptions {
  @Option(
      names = "--digest",
      paramLabel = "DIGEST",
      description = "the change set that you looked at; its first 8 digits or more")
  private @Nullable String digest;

  @Option(
      names = "--accept-hazard",
      paramLabel = "HAZARD",
      description = "a hazard that you accept; repeatable")
  private List<String> acceptHazards = List.of();

  @Option(
      names = "--resolve",
      paramLabel = "[[TABLE:]KIND=]SIDE",
      description =
          "whose change stands where parent and branch collide: parent or branch; for all conflicts, those of a KIND, of a TABLE, or both (the most specific counts); repeatable")
  private List<String> resolve = List.of();

  @Mixin ReasonOptions reason = new ReasonOptions();

  /** Refuses what can be refused before anybody is asked. */
  void requireKnownHazards() {
    var unused = DecisionSender.hazards(acceptHazards);
  }

  /** The decision about an experiment that stands so. */
  DecisionRequest request(Offshoot offshoot, ExperimentStatus status) {
    return new DecisionRequest(
        reason.by(offshoot),
        reason.reason,
        DecisionSender.digest(digest, status),
        DecisionSender.hazards(acceptHazards),
        ResolveOption.read(resolve, status.conflicts()));
  }

  /** The same where there is no change set to hold it against. */
  DecisionRequest request(Offshoot offshoot) {
    return new DecisionRequest(
        reason.by(offshoot), reason.reason, digest, DecisionSender.hazards(acceptHazards));
  }
}
