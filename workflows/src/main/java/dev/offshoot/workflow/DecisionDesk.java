package dev.offshoot.workflow;

import dev.offshoot.domain.Decision;
import dev.offshoot.domain.DecisionRequest;
import dev.offshoot.domain.HazardFinding;
import dev.offshoot.policy.DecisionPolicy;
import dev.offshoot.policy.Review;
import io.temporal.workflow.Workflow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where decisions arrive, from signals, updates, policy and the deadline, early, late, twice or
 * empty. The first that counts settles the matter; the others are kept with the reason why they do
 * not. Never throws, never blocks.
 */
final class DecisionDesk {
  /** More refused messages than this are counted out of the record, so that nobody can fill it. */
  private static final int MOST_KEPT = 100;

  private final String requestedBy;
  private final List<Decision> kept = new ArrayList<>();
  private @Nullable String digest;
  private List<HazardFinding> hazards = List.of();
  private @Nullable Decision settled;
  private @Nullable String closedBecause;

  DecisionDesk(String requestedBy) {
    this.requestedBy = requestedBy;
  }

  /** From now on an approval is about this change set. A decision bound to another is void. */
  void review(String newDigest, List<HazardFinding> newHazards) {
    digest = newDigest;
    hazards = newHazards;
    if (settled != null
        && settled.kind() == Decision.Kind.APPROVE
        && !newDigest.equals(settled.digest())) {
      settled = null;
    }
  }

  /** The matter is open again: the approved merge met conflicts and wrote nothing. */
  void reopen() {
    settled = null;
  }

  /** No decision counts any more. */
  void close(String because) {
    if (closedBecause == null) {
      closedBecause = because;
    }
  }

  boolean isClosed() {
    return closedBecause != null;
  }

  /** The decision that counts, if there is one. */
  @Nullable Decision settled() {
    return settled;
  }

  boolean isRejected() {
    return settled != null && settled.kind() == Decision.Kind.REJECT;
  }

  List<Decision> decisions() {
    return List.copyOf(kept);
  }

  /** What {@code request} would come to now; changes nothing. */
  Decision weigh(Decision.Kind kind, @Nullable DecisionRequest request, Decision.Channel channel) {
    return DecisionPolicy.weigh(kind, request, channel, now(), state());
  }

  /** Takes or refuses {@code request} and keeps it either way. */
  Decision decide(Decision.Kind kind, @Nullable DecisionRequest request, Decision.Channel channel) {
    Decision decision = weigh(kind, request, channel);
    keep(decision);
    if (decision.accepted()) {
      settled = decision;
    }
    return decision;
  }

  /** Approves in the name of the policy. */
  void approveByPolicy(String reason) {
    Decision decision =
        new Decision(
            Decision.Kind.APPROVE,
            "policy",
            reason,
            digest,
            List.of(),
            now(),
            Decision.Channel.POLICY,
            null);
    keep(decision);
    settled = decision;
  }

  private Review state() {
    return new Review(requestedBy, digest, hazards, why());
  }

  private @Nullable String why() {
    if (closedBecause != null) {
      return closedBecause;
    }
    return settled == null
        ? null
        : "%s has decided already (%s)".formatted(settled.by(), settled.kind());
  }

  private void keep(Decision decision) {
    if (kept.size() < MOST_KEPT || decision.accepted()) {
      kept.add(decision);
    }
  }

  private static Instant now() {
    return Instant.ofEpochMilli(Workflow.currentTimeMillis());
  }
}
