package dev.offshoot.domain;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A decision that was taken or refused; both are kept.
 *
 * @param kind which way
 * @param by who, as they named themselves; {@code policy} for an automatic merge
 * @param reason why
 * @param digest the change set it is bound to
 * @param acceptedHazards hazards it names
 * @param at when the workflow saw it
 * @param channel how it came
 * @param refusal why it has no effect; absent for the one that counts
 */
public record Decision(
    Kind kind,
    @Nullable String by,
    @Nullable String reason,
    @Nullable String digest,
    List<Hazard> acceptedHazards,
    Instant at,
    Channel channel,
    @Nullable String refusal) {

  /** Which way a decision goes. */
  public enum Kind {
    APPROVE,
    REJECT
  }

  /** How a decision reached the workflow. */
  public enum Channel {
    SIGNAL,
    UPDATE,
    POLICY
  }

  public boolean accepted() {
    return refusal == null;
  }
}
