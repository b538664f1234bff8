package dev.offshoot.cli;

import dev.offshoot.domain.ExperimentId;
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
    if (status.group() != null) {
      lines.add("compare: ./offshoot experiment compare " + status.group());
      lines.add("pick:    " + pick(status, status.group()));
      return lines;
    }
    lines.add("approve: " + approve(status));
    if (status.conflicts() != null && !status.conflicts().counts().isEmpty()) {
      lines.add("resolve: " + approve(status) + ResolveOption.command(status.conflicts()));
    }
    lines.add("reject:  ./offshoot experiment reject %s -m WHY".formatted(id));
    return lines;
  }

  /** It is a variant: its group decides. */
  private static String pick(ExperimentStatus status, ExperimentId group) {
    String number = status.id().value().substring(group.value().length() + 1);
    return approval(status, "./offshoot experiment pick %s %s".formatted(group, number));
  }

  private static String approve(ExperimentStatus status) {
    return approval(status, "./offshoot experiment approve " + status.id());
  }

  private static String approval(ExperimentStatus status, String first) {
    StringBuilder command = new StringBuilder(first);
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
