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
 * @param resolve which side stands where parent and branch collide
 * @param resolvedDigest the change set that the resolution gave; it is what the decision merges
 * @param stillNeeded how many more people must approve before anything is merged; absent if none
 */
public record Decision(
    Kind kind,
    @Nullable String by,
    @Nullable String reason,
    @Nullable String digest,
    List<Hazard> acceptedHazards,
    Instant at,
    Channel channel,
    @Nullable String refusal,
    List<Resolution> resolve,
    @Nullable String resolvedDigest,
    @Nullable Integer stillNeeded) {

  public Decision(
      Kind kind,
      @Nullable String by,
      @Nullable String reason,
      @Nullable String digest,
      List<Hazard> acceptedHazards,
      Instant at,
      Channel channel,
      @Nullable String refusal,
      @Nullable List<Resolution> resolve,
      @Nullable String resolvedDigest,
      @Nullable Integer stillNeeded) {
    this.kind = kind;
    this.by = by;
    this.reason = reason;
    this.digest = digest;
    this.acceptedHazards = acceptedHazards;
    this.at = at;
    this.channel = channel;
    this.refusal = refusal;
    this.resolve = resolve == null ? List.of() : List.copyOf(resolve);
    this.resolvedDigest = resolvedDigest;
    this.stillNeeded = stillNeeded;
  }

  /** One that resolves no conflicts. */
  public Decision(
      Kind kind,
      @Nullable String by,
      @Nullable String reason,
      @Nullable String digest,
      List<Hazard> acceptedHazards,
      Instant at,
      Channel channel,
      @Nullable String refusal) {
    this(kind, by, reason, digest, acceptedHazards, at, channel, refusal, List.of(), null, null);
  }

  /** Which way a decision goes. */
  public enum Kind {
    APPROVE,
    REJECT
  }

  /** How a decision reached the workflow. */
  public enum Channel {
    SIGNAL,
    UPDATE,
    POLICY,
    /** Through the group of which the experiment is a variant. */
    GROUP
  }

  /** Whether it has an effect: alone, or once enough others have approved too. */
  public boolean accepted() {
    return refusal == null;
  }

  /** Whether it settles the matter. */
  public boolean settles() {
    return accepted() && stillNeeded == null;
  }

  /** The same, of which nothing comes until so many others have approved too. */
  public Decision awaiting(int others) {
    return with(refusal, resolvedDigest, others);
  }

  /** Whether it is bound to that change set, or to one whose conflicts it resolved into it. */
  public boolean isFor(String changeSet) {
    @Nullable String bound = resolvedDigest == null ? digest : resolvedDigest;
    return bound == null || bound.equals(changeSet);
  }

  /** Whether there are conflicts that it resolves and that are not resolved yet. */
  public boolean resolvesConflicts() {
    return !resolve.isEmpty() && resolvedDigest == null;
  }

  /** The same, for the change set that its resolution gave. */
  public Decision resolvedInto(String changeSet) {
    return with(refusal, changeSet, stillNeeded);
  }

  /** The same, which has turned out to have no effect. */
  public Decision refused(String why) {
    return with(why, resolvedDigest, stillNeeded);
  }

  private Decision with(
      @Nullable String newRefusal,
      @Nullable String newResolvedDigest,
      @Nullable Integer newStillNeeded) {
    return new Decision(
        kind,
        by,
        reason,
        digest,
        acceptedHazards,
        at,
        channel,
        newRefusal,
        resolve,
        newResolvedDigest,
        newStillNeeded);
  }
}
