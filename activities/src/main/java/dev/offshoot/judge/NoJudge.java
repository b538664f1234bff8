package dev.offshoot.judge;

import dev.offshoot.activity.JudgeActivities.JudgeRequest;
import dev.offshoot.domain.HazardFinding;
import dev.offshoot.domain.HealthFinding;
import dev.offshoot.domain.Verdict;
import java.util.List;
import java.util.Set;

/**
 * Stands where no judge is configured, and always abstains: what is wrong only in content shows in
 * no effect, so that a policy alone cannot let anything merge by itself.
 */
public final class NoJudge implements Judge {
  @Override
  public HealthFinding examine() {
    return new HealthFinding(
        "judge",
        HealthFinding.Level.OK,
        "no model is configured: the policy looks for hazards, and a person decides everything",
        "");
  }

  @Override
  public Verdict verdict(JudgeRequest request, List<HazardFinding> hazards, Set<String> masked) {
    return Verdict.of(
        Verdict.Opinion.ABSTAIN, "nobody", "no judge is configured, so a person decides");
  }
}
