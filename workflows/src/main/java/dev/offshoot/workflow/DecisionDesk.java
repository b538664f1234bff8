package dev.offshoot.workflow;

import dev.offshoot.domain.ApprovalRule;
import dev.offshoot.domain.ConflictReport;
import dev.offshoot.domain.Decision;
import dev.offshoot.domain.DecisionRequest;
import dev.offshoot.domain.HazardFinding;
import dev.offshoot.domain.Judgement;
import dev.offshoot.policy.DecisionPolicy;
import dev.offshoot.policy.Review;
import io.temporal.workflow.Workflow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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
  private ApprovalRule rule = ApprovalRule.ANYBODY;

  /** Those of the change set under review, while more are needed than there are. */
  private final List<Decision> approvals = new ArrayList<>();

  private @Nullable ConflictReport conflicts;
  private @Nullable Decision settled;

  /** An approval that stands again if the statements, run again, give the same change set. */
  private @Nullable Decision pending;

  private @Nullable String closedBecause;

  DecisionDesk(String requestedBy) {
    this.requestedBy = requestedBy;
  }

  /**
   * From now on an approval is about this change set. One that was given before the statements ran
   * again stands if it was for the very same and still covers the hazards; where several people
   * must approve, they look again.
   */
  void review(Judgement judgement) {
    digest = judgement.digest();
    List<HazardFinding> before = hazards;
    hazards = judgement.hazards();
    rule = judgement.approval();
    if (settled == null
        && closedBecause == null
        && pending != null
        && rule.needed(hazards) == 1
        && pending.isFor(digest)
        && DecisionPolicy.uncovered(pending, before, hazards).isEmpty()) {
      settled = pending;
    }
    pending = null;
  }

  /** The matter is open again: the approved merge met these conflicts and wrote nothing. */
  void reopen(ConflictReport found) {
    conflicts = found;
    settled = null;
    approvals.clear();
  }

  /**
   * The approved resolution could not be carried out: it does not count, and the matter is open
   * again about these conflicts.
   */
  void reopen(ConflictReport found, String why) {
    withdraw(why);
    conflicts = found.total() == 0 ? null : found;
  }

  /**
   * The approved resolution has given another change set, which the approval is for too unless it
   * has hazards that the approval does not cover, or that several people must approve: then the
   * matter is open again, about that one.
   */
  void resolved(Judgement judgement) {
    Decision approval = Objects.requireNonNull(settled).resolvedInto(judgement.digest());
    Optional<String> uncovered = DecisionPolicy.uncovered(approval, hazards, judgement.hazards());
    replace(approval);
    digest = judgement.digest();
    hazards = judgement.hazards();
    rule = judgement.approval();
    conflicts = null;
    int needed = rule.needed(hazards);
    if (uncovered.isPresent()) {
      withdraw("the resolved change set is another: " + uncovered.get());
    } else if (needed > 1) {
      withdraw(
          "the resolved change set is another, which %d people must approve".formatted(needed));
    }
  }

  /**
   * The statements run again on a new branch: until there is a change set nobody can approve one,
   * but anybody can reject.
   */
  void startOver() {
    boolean byPerson = settled != null && settled.channel() != Decision.Channel.POLICY;
    pending = byPerson ? settled : null;
    settled = null;
    digest = null;
    conflicts = null;
    approvals.clear();
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
    Decision decision = counted(weigh(kind, request, channel));
    keep(decision);
    if (decision.settles()) {
      settled = decision;
      pending = null;
    }
    return decision;
  }

  /** An approval among several waits for the others. */
  private Decision counted(Decision decision) {
    if (!decision.accepted() || decision.kind() != Decision.Kind.APPROVE) {
      return decision;
    }
    approvals.add(decision);
    int more = rule.needed(hazards) - approvals.size();
    return more <= 0 ? decision : decision.awaiting(more);
  }

  /** Who has approved what is under review, while more must. */
  List<String> approvedBy() {
    return approvals.stream().map(Decision::by).filter(Objects::nonNull).toList();
  }

  /** Approves in the name of the policy, unless somebody has decided. */
  void approveByPolicy(String reason) {
    if (settled == null) {
      var unused = decideByPolicy(reason);
    }
  }

  /** The same; refused, and kept so, if somebody has decided or there is nothing to approve. */
  Decision decideByPolicy(String reason) {
    @Nullable String refusal =
        digest == null ? "too early: the change set is not frozen yet" : why();
    Decision decision =
        new Decision(
            Decision.Kind.APPROVE,
            "policy",
            reason,
            digest,
            List.of(),
            now(),
            Decision.Channel.POLICY,
            refusal);
    keep(decision);
    if (decision.settles()) {
      settled = decision;
    }
    return decision;
  }

  /** Keeps an approval that cannot count here, whatever it says. */
  Decision refuse(@Nullable DecisionRequest request, Decision.Channel channel, String because) {
    Decision decision = weigh(Decision.Kind.APPROVE, request, channel).refused(because);
    keep(decision);
    return decision;
  }

  private Review state() {
    return new Review(requestedBy, digest, hazards, conflicts, why(), rule, approvedBy());
  }

  private @Nullable String why() {
    if (closedBecause != null) {
      return closedBecause;
    }
    return settled == null
        ? null
        : "%s has decided already (%s)".formatted(settled.by(), settled.kind());
  }

  private void withdraw(String why) {
    Decision approval = Objects.requireNonNull(settled);
    replace(approval.refused(why));
    settled = null;
    approvals.clear();
  }

  /** In place of the decision that counts. */
  private void replace(Decision decision) {
    kept.set(kept.indexOf(settled), decision);
    settled = decision;
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
