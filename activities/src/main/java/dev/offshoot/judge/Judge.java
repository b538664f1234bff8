package dev.offshoot.judge;

import dev.offshoot.activity.JudgeActivities.JudgeRequest;
import dev.offshoot.activity.JudgeActivities.RankRequest;
import dev.offshoot.domain.HazardFinding;
import dev.offshoot.domain.HealthFinding;
import dev.offshoot.domain.Ranking;
import dev.offshoot.domain.Verdict;
import dev.offshoot.policy.VariantOrder;
import java.util.List;
import java.util.Set;

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
   * @param masked columns of which it must not see a value, as {@code schema.table.column}
   * @throws dev.offshoot.domain.OffshootException {@code JUDGE_UNREACHABLE} if asking again may
   *     help
   */
  Verdict verdict(JudgeRequest request, List<HazardFinding> hazards, Set<String> masked);

  /**
   * In which order it would pick variants of a group; advice, too. In doubt it leaves the policy's.
   *
   * @throws dev.offshoot.domain.OffshootException {@code JUDGE_UNREACHABLE} if asking again may
   *     help
   */
  default Ranking rank(RankRequest request) {
    return VariantOrder.of(request.candidates());
  }

  /** What it is and how it last answered, for {@code doctor}; asks nobody and never throws. */
  default HealthFinding examine() {
    return new HealthFinding("judge", HealthFinding.Level.OK, "one of your own", "");
  }
}
