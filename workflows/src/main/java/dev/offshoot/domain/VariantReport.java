package dev.offshoot.domain;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How one variant stands, as it tells its group; each report holds all that is known by then.
 *
 * @param number which, from 1
 * @param sequence counts what this variant has told; one that is overtaken says nothing new
 * @param stage where it stands
 * @param deadline when it ends without a decision
 * @param branchPoint the moment of the parent that its branch shows; absent before there is one
 * @param proposal what it would merge; absent before its change set is frozen
 * @param answer to what the group decided last about it; absent before
 */
public record VariantReport(
    int number,
    long sequence,
    Stage stage,
    Instant deadline,
    @Nullable Instant branchPoint,
    @Nullable Proposal proposal,
    @Nullable Answer answer) {

  /**
   * @param number of the {@link GroupDecision}
   * @param decision what came of it
   */
  public record Answer(long number, Decision decision) {}

  /** Whether it can be picked. */
  public boolean awaitsDecision() {
    return stage == Stage.AWAITING_DECISION && proposal != null;
  }
}
