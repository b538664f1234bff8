package dev.offshoot.domain;

/** How an experiment ended. */
public enum Outcome {
  /** The whole reviewed change set is on the parent. */
  MERGED,
  /** A revert: the inverse of the merged change set is on the parent. */
  REVERTED,
  /** A person, the policy or an empty change set ended it without a merge. */
  DROPPED,
  /** The deadline came before a decision. */
  EXPIRED,
  /** The merge found conflicts and wrote nothing. */
  CONFLICTED,
  /** A step failed for good; nothing was merged. */
  FAILED,
  /** Somebody cancelled it. */
  CANCELLED
}
