package dev.offshoot.workflow;

import dev.offshoot.domain.Decision;
import dev.offshoot.domain.DecisionRequest;
import dev.offshoot.domain.GroupDecision;
import dev.offshoot.domain.PickRequest;
import dev.offshoot.domain.Proposal;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.Stage;
import dev.offshoot.domain.VariantReport;
import dev.offshoot.domain.VariantsValidation;
import dev.offshoot.policy.DecisionPolicy;
import dev.offshoot.policy.Review;
import io.temporal.workflow.CompletablePromise;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where picks of a group arrive. One at a time is put to the variant that it names, which weighs it
 * as any experiment does; until that one has answered, and while it is being merged, no other
 * counts. Deterministic workflow code.
 */
final class PickDesk {
  private static final int SHOWN = 60;

  /** What an empty message says. */
  private static final PickRequest NOTHING =
      PickRequest.of(null, new DecisionRequest(null, null, null, null));

  private final GroupJournal group;
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private long sent;

  /** What the variant that is being merged had told when it was picked. */
  private long toldWhenPicked;

  private @Nullable Decision dropped;

  PickDesk(GroupJournal group) {
    this.group = group;
  }

  private record Waiting(
      PickRequest request, Decision.Channel channel, CompletablePromise<Decision> answer) {}

  /** Takes a pick, to be settled in its turn. */
  Promise<Decision> put(@Nullable PickRequest request, Decision.Channel channel) {
    CompletablePromise<Decision> answer = Workflow.newPromise();
    waiting.add(new Waiting(request == null ? NOTHING : request, channel, answer));
    if (group.stage() == Stage.CLOSED) {
      // Nobody comes round any more.
      settle();
    }
    return answer;
  }

  boolean isWaiting() {
    return !waiting.isEmpty();
  }

  /** The decision by which the whole group was dropped; absent if it was not. */
  @Nullable Decision dropped() {
    return dropped;
  }

  /** Why a pick cannot be taken now; empty if it may be put to the variant that it names. */
  Optional<String> refusal(@Nullable PickRequest request) {
    PickRequest asked = request == null ? NOTHING : request;
    return Optional.ofNullable(weigh(asked, Decision.Channel.UPDATE).refusal());
  }

  /** Settles those that wait, in turn. */
  void settle() {
    while (!waiting.isEmpty()) {
      Waiting pick = waiting.remove();
      Decision decision = weigh(pick.request(), pick.channel());
      @Nullable Member member = member(pick.request());
      if (decision.accepted()) {
        decision = member == null ? dropAll(decision) : putTo(member, pick.request().decision());
      }
      group.decided(decision, member == null ? "the group" : "variant " + member.number());
      pick.answer().complete(decision);
    }
  }

  /** Merges a variant in the name of the policy, unless somebody has decided. */
  void pickByPolicy(Member member, String why) {
    if (group.picked() == null && dropped == null && member.awaitsDecision()) {
      Decision decision = ask(member, new GroupDecision(++sent, Decision.Kind.APPROVE, null, why));
      group.decided(decision, "variant " + member.number());
    }
  }

  /** Drops every variant that stands, because another was merged. */
  void dropOthers(Member merged) {
    drop(
        new DecisionRequest(
            Objects.requireNonNull(merged.end(), "it has ended").by(),
            "variant %d was merged instead".formatted(merged.number()),
            null,
            null));
  }

  /** Whether a variant that was picked stands for decision again. */
  boolean isReopened(Member member) {
    return member.awaitsDecision()
        && Objects.requireNonNull(member.report()).sequence() > toldWhenPicked;
  }

  /** The variant that was picked stands for decision again, as after a conflict. */
  void noticeReopening() {
    @Nullable Member member = group.picked();
    if (member != null && isReopened(member)) {
      group.picked(null);
      group.enter(
          Stage.AWAITING_DECISION,
          "variant %d met conflicts and wrote nothing".formatted(member.number()));
    }
  }

  private Decision dropAll(Decision decision) {
    dropped = decision;
    drop(new DecisionRequest(decision.by(), decision.reason(), null, null));
    return decision;
  }

  private void drop(DecisionRequest request) {
    for (Member member : group.members()) {
      member.send(new GroupDecision(++sent, Decision.Kind.REJECT, request, null));
    }
  }

  private Decision putTo(Member member, DecisionRequest request) {
    return ask(member, new GroupDecision(++sent, Decision.Kind.APPROVE, request, null));
  }

  /** Sends a decision and waits for what becomes of it. */
  private Decision ask(Member member, GroupDecision question) {
    member.send(question);
    Workflow.await(() -> answered(member, question) || member.hasEnded());
    VariantReport.@Nullable Answer answer = member.answer();
    if (answer == null || answer.number() != question.number()) {
      DecisionRequest request =
          question.request() == null
              ? new DecisionRequest("policy", question.why(), null, null)
              : question.request();
      return weighed(request, Decision.Channel.GROUP, null, "too late: it has ended");
    }
    Decision decision = answer.decision();
    if (decision.settles()) {
      group.picked(member);
      toldWhenPicked = Objects.requireNonNull(member.report()).sequence();
      group.enter(Stage.MERGING, "merging variant " + member.number());
    }
    return decision;
  }

  private static boolean answered(Member member, GroupDecision question) {
    VariantReport.@Nullable Answer answer = member.answer();
    return answer != null && answer.number() == question.number();
  }

  /** What a pick comes to here; changes nothing. */
  private Decision weigh(PickRequest request, Decision.Channel channel) {
    @Nullable Member member = member(request);
    boolean none = isNone(request);
    @Nullable String refusal = tooLate();
    if (refusal == null && !none) {
      refusal = member == null ? unknown(request) : notPickable(member, request);
    }
    return weighed(
        new DecisionRequest(
            request.by(), request.reason(), request.digest(), request.acceptHazards()),
        channel,
        member,
        refusal);
  }

  /** By the policy, as far as the group can tell; the variant looks again. */
  private static Decision weighed(
      DecisionRequest request,
      Decision.Channel channel,
      @Nullable Member member,
      @Nullable String refusal) {
    @Nullable Proposal proposal =
        member == null || member.report() == null ? null : member.report().proposal();
    Decision.Kind kind =
        member == null && refusal == null ? Decision.Kind.REJECT : Decision.Kind.APPROVE;
    Decision decision =
        DecisionPolicy.weigh(
            kind,
            request,
            channel,
            Instant.ofEpochMilli(Workflow.currentTimeMillis()),
            new Review(
                member == null ? "" : Objects.requireNonNullElse(member.requestedBy(), ""),
                proposal == null ? null : proposal.digest(),
                proposal == null ? List.of() : proposal.hazards(),
                null,
                null));
    return refusal == null ? decision : decision.refused(refusal);
  }

  private @Nullable String tooLate() {
    @Nullable Member member = group.picked();
    if (group.stage() == Stage.CLOSED) {
      return "too late: the group has ended";
    }
    if (dropped != null) {
      return "too late: %s has dropped the group".formatted(dropped.by());
    }
    return member == null
        ? null
        : "too late: variant %d was picked and is being merged".formatted(member.number());
  }

  private @Nullable String notPickable(Member member, PickRequest request) {
    if (member.hasEnded()) {
      return "variant: %d has ended (%s)"
          .formatted(member.number(), Objects.requireNonNull(member.end()).outcome());
    }
    if (!member.awaitsDecision()) {
      return "too early: variant %d is at work; pick it when its stage is AWAITING_DECISION"
          .formatted(member.number());
    }
    String by = Objects.requireNonNullElse(request.by(), "");
    return requesters().anyMatch(name -> DecisionPolicy.sameActor(name, by))
        ? "by: %s asked for this group or one of its variants and cannot pick; somebody else must"
            .formatted(ShownText.oneLine(by, SHOWN))
        : null;
  }

  private Stream<String> requesters() {
    return Stream.concat(
            Stream.ofNullable(group.spec().shared().requestedBy()),
            group.members().stream().map(Member::requestedBy).filter(Objects::nonNull))
        .map(Objects::requireNonNull);
  }

  private String unknown(PickRequest request) {
    return request.variant() == null
        ? "variant: is missing; send its number, 1 to %d, or \"%s\" to drop all"
            .formatted(group.members().size(), VariantsValidation.NONE)
        : "variant: there is none called '%s'; send its number, 1 to %d, or \"%s\" to drop all"
            .formatted(
                ShownText.oneLine(request.variant(), SHOWN),
                group.members().size(),
                VariantsValidation.NONE);
  }

  private static boolean isNone(PickRequest request) {
    return request.variant() != null
        && request.variant().strip().equalsIgnoreCase(VariantsValidation.NONE);
  }

  /** By number, name, or the id of its experiment. */
  private @Nullable Member member(PickRequest request) {
    String wanted = Objects.requireNonNullElse(request.variant(), "").strip();
    for (Member member : group.members()) {
      if (wanted.equals(String.valueOf(member.number()))
          || wanted.equalsIgnoreCase(member.name())
          || wanted.equals(member.id().value())) {
        return member;
      }
    }
    return null;
  }
}
