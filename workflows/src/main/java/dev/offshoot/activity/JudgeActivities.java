package dev.offshoot.activity;

import dev.offshoot.domain.Candidate;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ExperimentReport;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.Judgement;
import dev.offshoot.domain.Ranking;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;
import java.util.List;

/** Looking at a change set: first the policy, then the judge. */
@ActivityInterface
public interface JudgeActivities {

  /** Hazards by the deterministic policy and the judge's advice. Without effects on the world. */
  @ActivityMethod
  Judgement judge(JudgeRequest request);

  /** In which order the judge would pick variants of a group. Without effects on the world. */
  @ActivityMethod
  Ranking rank(RankRequest request);

  /**
   * @param goal what all are for
   * @param candidates those that can be picked, two or more
   */
  record RankRequest(String goal, List<Candidate> candidates) {}

  /**
   * @param spec what was asked for
   * @param report what the statements did
   * @param changes what came of it
   * @param tokensUsed what the judge has cost this experiment before, in tokens
   */
  record JudgeRequest(
      ExperimentSpec spec, ExperimentReport report, ChangeSummary changes, long tokensUsed) {}
}
