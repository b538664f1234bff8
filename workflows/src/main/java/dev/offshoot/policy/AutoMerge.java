package dev.offshoot.policy;

import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.Judgement;
import dev.offshoot.domain.Verdict;

/**
 * When an experiment merges without a person: it asked to, has no hazard, and the judge approves.
 */
public final class AutoMerge {
  private AutoMerge() {}

  public static boolean allows(ExperimentSpec spec, Judgement judgement) {
    return spec.autoMerge()
        && judgement.hazards().isEmpty()
        && judgement.verdict().opinion() == Verdict.Opinion.APPROVE;
  }
}
