package dev.offshoot.judge;

import dev.offshoot.activity.JudgeActivities.JudgeRequest;
import dev.offshoot.domain.HazardFinding;
import dev.offshoot.domain.Verdict;
import java.util.List;
import java.util.stream.Collectors;

/** The judge where no other is configured: approves what has no hazard, else asks a person. */
public final class PolicyJudge implements Judge {
  private static final String NAME = "policy";

  @Override
  public Verdict verdict(JudgeRequest request, List<HazardFinding> hazards) {
    if (hazards.isEmpty()) {
      return new Verdict(Verdict.Opinion.APPROVE, NAME, List.of("no hazards"));
    }
    String names =
        hazards.stream().map(finding -> finding.hazard().name()).collect(Collectors.joining(", "));
    return new Verdict(
        Verdict.Opinion.ABSTAIN,
        NAME,
        List.of("%s: no judge is configured, a person decides".formatted(names)));
  }
}
