package dev.offshoot.workflow;

import dev.offshoot.activity.AuditActivities;
import dev.offshoot.activity.JudgeActivities;
import dev.offshoot.domain.Candidate;
import dev.offshoot.domain.Decision;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentOutcome;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.Failure;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.Outcome;
import dev.offshoot.domain.PickRequest;
import dev.offshoot.domain.Proposal;
import dev.offshoot.domain.Ranking;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.SpecValidation;
import dev.offshoot.domain.Stage;
import dev.offshoot.domain.VariantReport;
import dev.offshoot.domain.VariantStatus;
import dev.offshoot.domain.VariantsOutcome;
import dev.offshoot.domain.VariantsSpec;
import dev.offshoot.domain.VariantsStatus;
import dev.offshoot.domain.VariantsValidation;
import dev.offshoot.domain.Verdict;
import dev.offshoot.policy.VariantOrder;
import io.temporal.api.enums.v1.ParentClosePolicy;
import io.temporal.api.enums.v1.WorkflowIdReusePolicy;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.TemporalFailure;
import io.temporal.payload.codec.PayloadCodecException;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.ChildWorkflowOptions;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInfo;
import io.temporal.workflow.WorkflowInit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The path of a group. Start reading at {@link #path()}. Each variant is an experiment like any
 * other but that it waits for the group's decision; what the group adds is one branch point for
 * all, the comparison, and that at most one of them is merged.
 */
public final class VariantsWorkflowImpl implements VariantsWorkflow {
  private final VariantsSpec spec;
  private final ExperimentId id;
  private final Instant deadline;
  private final GroupJournal journal;
  private final PickDesk desk;
  private final Stem stem;
  private final CancellationScope path;

  private boolean valid;
  private @Nullable Promise<Ranking> asked;
  private @Nullable VariantsOutcome ended;
  private @Nullable TemporalFailure thrown;

  /** Runs before any message is handled, so that every message finds a complete object. */
  @WorkflowInit
  public VariantsWorkflowImpl(VariantsSpec spec) {
    this.spec = spec;
    WorkflowInfo info = Workflow.getInfo();
    Instant startedAt = Instant.ofEpochMilli(info.getRunStartedTimestampMillis());
    this.id = idOf(info.getWorkflowId());
    Duration ttl = spec.shared().ttl();
    boolean usable = !ttl.isNegative() && ttl.compareTo(SpecValidation.MAX_TTL) <= 0;
    this.deadline = startedAt.plus(usable ? ttl : SpecValidation.MAX_TTL);
    this.journal = new GroupJournal(id, spec, startedAt);
    this.desk = new PickDesk(journal);
    this.stem = new Stem(id, spec.shared(), deadline, journal);
    this.path = Workflow.newCancellationScope(this::walk);
  }

  private static ExperimentId idOf(String workflowId) {
    return ExperimentId.ofGroup(workflowId)
        .orElseThrow(
            () ->
                new OffshootException(
                    ErrorCode.BAD_SPEC,
                    "workflow id: '%s' must be 'variants-<id>'; start it under such an id"
                        .formatted(ShownText.oneLine(workflowId, 80))));
  }

  @Override
  public VariantsOutcome run(VariantsSpec input) {
    path.run();
    Workflow.newDetachedCancellationScope(this::close).run();
    if (thrown != null) {
      throw thrown;
    }
    return Objects.requireNonNull(ended, "an outcome");
  }

  private void walk() {
    try {
      path();
    } catch (PayloadCodecException e) {
      // This worker lacks a key: no reason to end, the task is tried again until one has it.
      throw e;
    } catch (RuntimeException e) {
      endedBy(e);
    }
  }

  /** Stem, variants side by side, comparison, pick. */
  private void path() {
    VariantsValidation.requireValid(id, spec);
    valid = true;
    stem.create();
    Duration left = Duration.between(now(), deadline);
    if (left.isNegative() || left.isZero()) {
      ended = outcome(Outcome.EXPIRED, "deadline", "there was no room before " + deadline, null);
      return;
    }
    journal.enter(
        Stage.EXPERIMENTING, "%d variants side by side".formatted(journal.members().size()));
    journal.members().forEach(member -> start(member, left));
    while (!allEnded()) {
      Workflow.await(this::hasWork);
      stem.release();
      desk.noticeReopening();
      desk.settle();
      rank();
      askPeople();
      dropOthers();
    }
  }

  private void start(Member member, Duration left) {
    ExperimentSpec experiment = spec.experiment(member.number(), left);
    ExperimentWorkflow workflow =
        Workflow.newChildWorkflowStub(
            ExperimentWorkflow.class,
            ChildWorkflowOptions.newBuilder()
                .setWorkflowId(member.id().workflowId())
                .setWorkflowIdReusePolicy(
                    WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE)
                // One that is left alone ends as if it had been cancelled, and cleans up.
                .setParentClosePolicy(ParentClosePolicy.PARENT_CLOSE_POLICY_REQUEST_CANCEL)
                .setTypedSearchAttributes(Announcement.of(experiment))
                .setMemo(ExperimentMemo.of(experiment))
                .setStaticSummary("variant %d of %s".formatted(member.number(), id))
                .build());
    member.started(workflow);
    var unused =
        Async.function(workflow::run, experiment)
            .handle(
                (outcome, failure) -> {
                  took(member, outcome, failure);
                  return true;
                });
  }

  private void took(
      Member member, @Nullable ExperimentOutcome outcome, @Nullable RuntimeException failure) {
    if (outcome != null) {
      member.ended(outcome);
    } else {
      member.failed(Objects.requireNonNull(failure, "neither outcome nor failure"));
    }
    VariantStatus.End end = Objects.requireNonNull(member.end());
    journal.note(
        "variant %d: %s by %s"
            .formatted(member.number(), end.outcome(), ShownText.oneLine(end.by(), 60)));
  }

  private boolean hasWork() {
    return allEnded()
        || desk.isWaiting()
        || stem.canGo()
        || (journal.ranking() == null && asked == null && everyoneStands())
        || (asked != null && asked.isCompleted() && journal.ranking() == null)
        || (journal.stage() == Stage.EXPERIMENTING && !journal.candidates().isEmpty())
        || pickIsOver();
  }

  private boolean allEnded() {
    return journal.members().stream().allMatch(Member::hasEnded);
  }

  /** The variant that was picked has ended, or stands for decision again. */
  private boolean pickIsOver() {
    @Nullable Member picked = journal.picked();
    return picked != null && (picked.hasEnded() || desk.isReopened(picked));
  }

  /** Whether every variant either can be picked or has ended. */
  private boolean everyoneStands() {
    return !journal.candidates().isEmpty()
        && journal.members().stream()
            .allMatch(member -> member.hasEnded() || member.awaitsDecision());
  }

  /** Once all stand, the judge is asked for its order, beside the path: a person may come first. */
  private void rank() {
    if (journal.ranking() == null && asked == null && everyoneStands()) {
      List<Candidate> candidates = journal.candidates();
      asked =
          candidates.size() == 1
              ? Workflow.newPromise(
                  new Ranking(List.of(candidates.get(0).number()), "policy", List.of(), null))
              : Async.function(
                  Steps.judge()::rank,
                  new JudgeActivities.RankRequest(
                      String.valueOf(spec.shared().goal()), candidates));
    }
    if (asked != null && asked.isCompleted() && journal.ranking() == null) {
      journal.ranked(order(asked));
      mergeFirst(Objects.requireNonNull(journal.ranking()));
    }
  }

  /** A judge that cannot say leaves the policy's order. */
  private Ranking order(Promise<Ranking> ranking) {
    try {
      return ranking.get();
    } catch (ActivityFailure e) {
      journal.note(
          "the judge gives no order: "
              + ShownText.oneLine(Failures.fromTemporal(e).message(), 200));
      return VariantOrder.of(journal.candidates());
    }
  }

  /** Within the policy alone: the judge's first, if it has no hazard and the judge approves. */
  private void mergeFirst(Ranking ranking) {
    Optional<Member> first =
        journal.members().stream()
            .filter(member -> !ranking.order().isEmpty())
            .filter(member -> member.number() == ranking.order().get(0))
            .filter(Member::awaitsDecision)
            .findFirst();
    if (!spec.shared().autoMerge() || first.isEmpty()) {
      return;
    }
    Proposal proposal =
        Objects.requireNonNull(Objects.requireNonNull(first.get().report()).proposal());
    if (proposal.hazards().isEmpty() && proposal.verdict().opinion() == Verdict.Opinion.APPROVE) {
      desk.pickByPolicy(
          first.get(),
          "autoMerge: first of %d, no hazards, and the judge approves"
              .formatted(ranking.order().size()));
    }
  }

  private void askPeople() {
    if (journal.stage() == Stage.EXPERIMENTING && !journal.candidates().isEmpty()) {
      journal.enter(Stage.AWAITING_DECISION, "waiting for somebody to pick one");
      Workflow.upsertTypedSearchAttributes(
          OffshootNames.STAGE.valueSet(Stage.AWAITING_DECISION.name()));
    }
  }

  /** Only once one is merged; where its merge came to nothing, the others still stand. */
  private void dropOthers() {
    @Nullable Member picked = journal.picked();
    if (picked == null || !picked.hasEnded()) {
      return;
    }
    if (picked.hasMerged()) {
      if (journal.stage() != Stage.DROPPING) {
        journal.enter(
            Stage.DROPPING, "variant %d is merged: dropping the others".formatted(picked.number()));
        desk.dropOthers(picked);
      }
      Workflow.await(this::allEnded);
    } else {
      journal.picked(null);
      journal.enter(
          Stage.AWAITING_DECISION,
          "variant %d was not merged; the others still stand".formatted(picked.number()));
    }
  }

  /** However the path ended; runs detached and does not give up. */
  private void close() {
    Workflow.await(() -> journal.members().stream().allMatch(this::isOver));
    desk.settle();
    stem.end();
    VariantsOutcome outcome = ended == null ? together() : with(ended);
    ended = outcome;
    var unused =
        Steps.keepAudit().keepAudit(new AuditActivities.KeepAudit(journal.audit(outcome, valid)));
    journal.closed(outcome);
    desk.settle();
    Workflow.await(Workflow::isEveryHandlerFinished);
    if (thrown == null && outcome.outcome() == Outcome.FAILED) {
      thrown = Failures.ofGroup(firstFailure(outcome), outcome);
    }
  }

  /** A failed group is a failed workflow, of the type of the first variant's failure. */
  private Failure firstFailure(VariantsOutcome outcome) {
    return journal.members().stream()
        .map(Member::failure)
        .filter(Objects::nonNull)
        .map(first -> Failure.of(first.code(), "every variant failed; " + outcome.why()))
        .findFirst()
        .orElseGet(() -> Failure.of(ErrorCode.INTERNAL, outcome.why()));
  }

  /** One that was never started has nothing to end. */
  private boolean isOver(Member member) {
    return member.hasEnded() || !member.hasStarted();
  }

  private void endedBy(RuntimeException e) {
    if (Failures.isCancellation(e)) {
      thrown = e.getCause() instanceof TemporalFailure cause ? cause : (TemporalFailure) e;
      ended = outcome(Outcome.CANCELLED, "canceller", "somebody cancelled the workflow", null);
      return;
    }
    // Whatever runs by now ends with it.
    path.cancel("the group failed");
    Failure failure = Failures.fromTemporal(e);
    ended = outcome(Outcome.FAILED, "worker", ShownText.lines(failure.message(), 2_000), null);
    thrown = Failures.ofGroup(failure, ended);
  }

  /** What the ends of all variants come to. */
  private VariantsOutcome together() {
    for (Member member : journal.members()) {
      if (member.hasMerged()) {
        VariantStatus.End end = Objects.requireNonNull(member.end());
        return outcome(Outcome.MERGED, end.by(), end.why(), member);
      }
    }
    @Nullable Decision dropped = desk.dropped();
    if (dropped != null) {
      return outcome(
          Outcome.DROPPED,
          Objects.requireNonNullElse(dropped.by(), "unknown"),
          Objects.requireNonNullElse(dropped.reason(), "no reason given"),
          null);
    }
    for (Outcome each :
        List.of(
            Outcome.EXPIRED,
            Outcome.CONFLICTED,
            Outcome.DROPPED,
            Outcome.CANCELLED,
            Outcome.FAILED)) {
      for (Member member : journal.members()) {
        VariantStatus.@Nullable End end = member.end();
        if (end != null && end.outcome() == each) {
          return outcome(
              each, end.by(), "variant %d: %s".formatted(member.number(), end.why()), null);
        }
      }
    }
    return outcome(Outcome.CANCELLED, "canceller", "no variant was started", null);
  }

  /** A merge that took place in spite of a cancellation counts. */
  private VariantsOutcome with(VariantsOutcome known) {
    VariantsOutcome together = together();
    return together.outcome() == Outcome.MERGED
        ? together
        : outcome(known.outcome(), known.by(), known.why(), null);
  }

  private VariantsOutcome outcome(Outcome outcome, String by, String why, @Nullable Member merged) {
    List<VariantStatus> variants = new ArrayList<>();
    journal.members().forEach(member -> variants.add(member.status()));
    return new VariantsOutcome(
        outcome,
        by,
        why,
        merged == null ? null : merged.number(),
        merged == null ? null : merged.digest(),
        variants);
  }

  private static Instant now() {
    return Instant.ofEpochMilli(Workflow.currentTimeMillis());
  }

  // What reaches it. Handlers take one record and tolerate anything.

  @Override
  public void pick(@Nullable PickRequest request) {
    var unused = desk.put(request, Decision.Channel.SIGNAL);
  }

  @Override
  public Decision decide(@Nullable PickRequest request) {
    return desk.put(request, Decision.Channel.UPDATE).get();
  }

  @Override
  public void validateDecide(@Nullable PickRequest request) {
    Optional<String> refusal = desk.refusal(request);
    if (refusal.isPresent()) {
      throw MessageValidation.refused(refusal.get());
    }
  }

  @Override
  public void report(@Nullable VariantReport report) {
    if (report == null) {
      return;
    }
    journal.members().stream()
        .filter(member -> member.number() == report.number())
        .filter(member -> member.took(report))
        .findFirst()
        .ifPresent(member -> journal.show());
  }

  @Override
  public VariantsStatus variants() {
    return journal.status();
  }
}
