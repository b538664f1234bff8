package dev.offshoot.cli;

import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.HazardFinding;
import dev.offshoot.domain.Severity;
import dev.offshoot.domain.Stage;
import java.util.ArrayList;
import java.util.List;

/** What a person can do now, as commands to copy. */
final class NextStep {
  private NextStep() {}

  static List<String> of(ExperimentStatus status) {
    if (status.stage() == Stage.CLOSED) {
      return List.of();
    }
    String id = status.id().value();
    if (status.stage() == Stage.IN_SESSION) {
      return List.of(
          "run:     ./offshoot experiment run %s -c SQL".formatted(id),
          "look:    ./offshoot experiment diff " + id,
          "submit:  ./offshoot experiment submit " + id);
    }
    if (status.stage() != Stage.AWAITING_DECISION) {
      return List.of("watch:   ./offshoot experiment watch " + id);
    }
    List<String> lines = new ArrayList<>();
    lines.add("look:    ./offshoot experiment diff " + id);
    lines.add("approve: " + approve(status));
    if (status.conflicts() != null && !status.conflicts().counts().isEmpty()) {
      lines.add("resolve: " + approve(status) + ResolveOption.command(status.conflicts()));
    }
    lines.add("reject:  ./offshoot experiment reject %s -m WHY".formatted(id));
    return lines;
  }

  private static String approve(ExperimentStatus status) {
    StringBuilder command =
        new StringBuilder("./offshoot experiment approve ").append(status.id().value());
    if (status.changes() != null) {
      command.append(" --digest ").append(ProgressText.shortDigest(status.changes().digest()));
    }
    if (status.judgement() != null) {
      for (HazardFinding finding : status.judgement().hazards()) {
        if (finding.severity() == Severity.NEEDS_NAME) {
          command.append(" --accept-hazard ").append(finding.hazard());
        }
      }
    }
    return command.append(" -m WHY").toString();
  }
}
