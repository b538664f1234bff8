package dev.offshoot.domain;

import org.jspecify.annotations.Nullable;

/**
 * One variant in its group.
 *
 * @param number which, from 1
 * @param name what people call it
 * @param id its experiment
 * @param requestedBy whose it is
 * @param report what it told last; absent before it told anything
 * @param ended how it ended; absent while it has not
 */
public record VariantStatus(
    int number,
    String name,
    ExperimentId id,
    @Nullable String requestedBy,
    @Nullable VariantReport report,
    @Nullable End ended) {

  /**
   * @param outcome how
   * @param by who brought it about
   * @param why in a sentence
   */
  public record End(Outcome outcome, String by, String why) {}

  /** Whether it can be picked. */
  public boolean awaitsDecision() {
    return ended == null && report != null && report.awaitsDecision();
  }
}
