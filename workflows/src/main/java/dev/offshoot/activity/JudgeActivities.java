package dev.offshoot.activity;

import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ExperimentReport;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.Judgement;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** Looking at a change set: first the policy, then the judge. */
@ActivityInterface
public interface JudgeActivities {

  /** Hazards by the deterministic policy and the judge's advice. Without effects on the world. */
  @ActivityMethod
  Judgement judge(JudgeRequest request);

  /**
   * @param spec what was asked for
   * @param report what the statements did
   * @param changes what came of it
   * @param tokensUsed what the judge has cost this experiment before, in tokens
   */
  record JudgeRequest(
      ExperimentSpec spec, ExperimentReport report, ChangeSummary changes, long tokensUsed) {}
}
