package dev.offshoot.judge;

import dev.offshoot.activity.JudgeActivities.JudgeRequest;
import dev.offshoot.domain.HazardFinding;
import dev.offshoot.domain.HealthFinding;
import dev.offshoot.domain.Verdict;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The judge where no other is configured: approves what has no hazard, else asks a person. */
public final class PolicyJudge implements Judge {
  private static final String NAME = "policy";

  @Override
  public HealthFinding examine() {
    return new HealthFinding(
        "judge",
        HealthFinding.Level.OK,
        "no model is configured: the policy judges alone, and a person decides what has a hazard",
        "");
  }

  @Override
  public Verdict verdict(JudgeRequest request, List<HazardFinding> hazards, Set<String> masked) {
    if (hazards.isEmpty()) {
      return Verdict.of(Verdict.Opinion.APPROVE, NAME, "no hazards");
    }
    String names =
        hazards.stream().map(finding -> finding.hazard().name()).collect(Collectors.joining(", "));
    return Verdict.of(
        Verdict.Opinion.ABSTAIN,
        NAME,
        "%s: no judge is configured, a person decides".formatted(names));
  }
}
