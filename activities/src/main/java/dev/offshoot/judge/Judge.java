package dev.offshoot.judge;

import dev.offshoot.activity.JudgeActivities.JudgeRequest;
import dev.offshoot.domain.HazardFinding;
import dev.offshoot.domain.Verdict;
import java.util.List;

/**
 * Gives advice on a change set after the policy has looked at it. Its word can only keep an
 * experiment from merging by itself; people and policy outrank it.
 */
@FunctionalInterface
public interface Judge {

  /**
   * What it thinks. In doubt, or if it cannot think in time, it abstains; it does not throw for
   * that. Thread-safe, without effects on the world.
   *
   * @param hazards what the policy found
   */
  Verdict verdict(JudgeRequest request, List<HazardFinding> hazards);
}
