package dev.offshoot.workflow;

import dev.offshoot.activity.AuditActivities;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.DecideRequest;
import dev.offshoot.domain.Decision;
import dev.offshoot.domain.DecisionRequest;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentOutcome;
import dev.offshoot.domain.ExperimentReport;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.ExtendTtlRequest;
import dev.offshoot.domain.Failure;
import dev.offshoot.domain.GroupDecision;
import dev.offshoot.domain.OnConflict;
import dev.offshoot.domain.SessionEnd;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.SpecValidation;
import dev.offshoot.domain.Stage;
import io.temporal.failure.TemporalFailure;
import io.temporal.payload.codec.PayloadCodecException;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInfo;
import io.temporal.workflow.WorkflowInit;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The path of one experiment. Start reading at {@link #path()}; everything else is a step of it, a
 * message to it, or its end.
 */
public final class ExperimentWorkflowImpl implements ExperimentWorkflow {
  /** Branches that one experiment may use up, by {@link OnConflict#REBASE} or lost workers. */
  static final int MOST_ATTEMPTS = 3;

  private final ExperimentSpec spec;
  private final @Nullable Membership membership;
  private final Journal journal;
  private final DecisionDesk desk;
  private final Lease lease;
  private final Endings endings;
  private final Compensation compensation;
  private final Preparation preparation;
  private final Settlement settlement;
  private final CancellationScope path;

  private @Nullable ExperimentOutcome ended;
  private @Nullable TemporalFailure thrown;

  /** Runs before any message is handled, so that every message finds a complete object. */
  @WorkflowInit
  public ExperimentWorkflowImpl(ExperimentSpec spec) {
    this.spec = spec;
    WorkflowInfo info = Workflow.getInfo();
    Instant startedAt = Instant.ofEpochMilli(info.getRunStartedTimestampMillis());
    this.membership = Membership.ofThisWorkflow();
    this.journal = new Journal(info.getWorkflowId(), spec, startedAt, membership);
    this.desk = new DecisionDesk(Objects.requireNonNullElse(spec.requestedBy(), ""));
    this.lease = new Lease(startedAt.plus(boundedTtl(spec)), this::remind, this::deadlineReached);
    this.endings = new Endings(journal);
    this.compensation = new Compensation(journal);
    this.preparation = new Preparation(journal, lease, compensation);
    this.settlement = new Settlement(journal, desk, lease, endings, this::deadlineReached);
    this.path = Workflow.newCancellationScope(this::walk);
  }

  @Override
  public ExperimentOutcome run(ExperimentSpec input) {
    path.run();
    CancellationScope end = Workflow.newDetachedCancellationScope(this::close);
    end.run();
    if (thrown != null) {
      throw thrown;
    }
    return Objects.requireNonNull(ended, "an outcome");
  }

  /** Walks the path and makes an outcome of whatever happens on it. */
  private void walk() {
    try {
      ended = path();
    } catch (PayloadCodecException e) {
      // This worker lacks a key: no reason to end, the task is tried again until one has it.
      throw e;
    } catch (RuntimeException e) {
      ended = endedBy(e);
    }
  }

  /** Branch, experiment, diff, judge, decide, merge or drop; a revert begins with its diff. */
  private ExperimentOutcome path() {
    ExperimentId id = ExperimentId.ofWorkflow(Workflow.getInfo().getWorkflowId());
    SpecValidation.requireValid(spec);
    journal.announce();
    lease.start();
    String parent = Objects.requireNonNull(spec.parent(), "validated");
    if (spec.reverts() != null) {
      return revert(new BranchRef(id, 1, parent));
    }
    @Nullable BranchRef stem = membership == null ? null : membership.stem(parent);
    for (int attempt = 1; ; attempt++) {
      BranchRef branch = new BranchRef(id, attempt, parent);
      preparation.createBranch(branch, stem);
      if (spec.session() != null) {
        return session(branch);
      }
      boolean mayRunAgain = attempt < MOST_ATTEMPTS;
      @Nullable ExperimentReport report = preparation.runExperiment(branch, mayRunAgain);
      if (report == null) {
        compensation.drop(branch, "lost");
        continue;
      }
      @Nullable ExperimentOutcome outcome = review(branch, report, mayRunAgain);
      if (outcome != null) {
        return outcome;
      }
      desk.startOver();
      // What the parent has become is the point of running again.
      stem = null;
      compensation.releaseSequences(branch);
      journal.note("the parent has moved on: running the statements again on a new branch");
      if (lease.isOver()) {
        deadlineReached();
      }
      if (spec.keepBranch()) {
        compensation.drop(branch, "rebased");
      }
    }
  }

  /** The agent sends its statements one after the other, and hands them in. */
  private ExperimentOutcome session(BranchRef branch) {
    long bytes = Objects.requireNonNull(journal.branch(), "made").parentBytes();
    SessionEnd end = preparation.session(branch, bytes);
    if (end.kind() != SessionEnd.Kind.SUBMITTED) {
      return endings.notSubmitted(end);
    }
    if (end.statements().isEmpty()) {
      return endings.nothingToMerge();
    }
    return Objects.requireNonNull(
        review(branch, end.report(), false), "a session is not run again on another branch");
  }

  /**
   * Diff, judge, decide, merge or drop.
   *
   * @return how it ended, or nothing if the statements are to run again on another branch
   */
  private @Nullable ExperimentOutcome review(
      BranchRef branch, ExperimentReport report, boolean mayRunAgain) {
    ChangeSummary changes = preparation.computeDiff(branch, report);
    preparation.releaseBranch(branch);
    if (changes.nothingChanged()) {
      return endings.nothingToMerge();
    }
    settlement.judge(report, changes);
    return settlement.decideAndMerge(branch, changes, mayRunAgain);
  }

  /** The change set is the inverse of a merged one: nothing is branched and nothing is run. */
  private ExperimentOutcome revert(BranchRef revert) {
    ChangeSummary changes = preparation.computeRevert(revert);
    if (changes.nothingChanged()) {
      return endings.nothingToMerge();
    }
    settlement.judge(new ExperimentReport(List.of(), List.of(), List.of(), List.of(), 0), changes);
    return Objects.requireNonNull(
        settlement.decideAndMerge(revert, changes, false),
        "a revert is not run again on another branch");
  }

  /** However the path ended; runs detached and does not give up. */
  private void close() {
    ExperimentOutcome outcome = Objects.requireNonNull(ended);
    lease.stop();
    desk.close("the experiment has ended (%s)".formatted(outcome.outcome()));
    compensation.finish(outcome);
    keepAudit(outcome);
    journal.closed(outcome);
    Workflow.await(Workflow::isEveryHandlerFinished);
  }

  /** Experiments that began before there were such records have none. */
  private void keepAudit(ExperimentOutcome outcome) {
    if (Workflow.getVersion("audit", Workflow.DEFAULT_VERSION, 1) != Workflow.DEFAULT_VERSION) {
      var unused =
          Steps.keepAudit()
              .keepAudit(new AuditActivities.KeepAudit(journal.audit(outcome, desk.decisions())));
    }
  }

  /** Whoever ended it comes first: a step that then fails instead of stopping changes nothing. */
  private ExperimentOutcome endedBy(RuntimeException e) {
    if (desk.isRejected()) {
      return endings.rejected(Objects.requireNonNull(desk.settled()));
    }
    if (desk.isClosed()) {
      return endings.expired(lease.deadline());
    }
    if (Failures.isCancellation(e)) {
      thrown = e.getCause() instanceof TemporalFailure cause ? cause : (TemporalFailure) e;
      return endings.cancelled();
    }
    Failure failure = Failures.fromTemporal(e);
    ExperimentOutcome failed = endings.failed(failure);
    thrown = Failures.ofExperiment(failure, failed);
    return failed;
  }

  private static String shown(String text, int limit) {
    return ShownText.oneLine(text, limit);
  }

  /** A lease for a specification that may be invalid; such a one ends before the lease matters. */
  private static Duration boundedTtl(ExperimentSpec spec) {
    boolean usable = !spec.ttl().isNegative() && spec.ttl().compareTo(SpecValidation.MAX_TTL) <= 0;
    return usable ? spec.ttl() : SpecValidation.MAX_TTL;
  }

  // What reaches it. Handlers take one record, tolerate anything, never throw and never block.

  private void remind() {
    if (desk.settled() == null) {
      journal.reminded(lease.deadline(), desk.approvedBy());
    }
  }

  private void deadlineReached() {
    if (desk.settled() == null && journal.stage() != Stage.MERGING) {
      desk.close("the deadline has passed");
      path.cancel("deadline");
    }
  }

  @Override
  public void approve(@Nullable DecisionRequest request) {
    took(
        membership == null
            ? desk.decide(Decision.Kind.APPROVE, request, Decision.Channel.SIGNAL)
            : desk.refuse(request, Decision.Channel.SIGNAL, membership.refusal()));
  }

  @Override
  public void reject(@Nullable DecisionRequest request) {
    took(desk.decide(Decision.Kind.REJECT, request, Decision.Channel.SIGNAL));
  }

  @Override
  public Decision decide(@Nullable DecideRequest request) {
    Decision decision =
        desk.decide(
            MessageValidation.kind(request),
            request == null ? null : request.request(),
            Decision.Channel.UPDATE);
    took(decision);
    return decision;
  }

  @Override
  public void validateDecide(@Nullable DecideRequest request) {
    if (membership != null && MessageValidation.kind(request) == Decision.Kind.APPROVE) {
      throw MessageValidation.refused(membership.refusal());
    }
    MessageValidation.requireDecision(request, desk);
  }

  @Override
  public void decideInGroup(@Nullable GroupDecision decision) {
    if (membership == null || decision == null) {
      journal.note("a decision of a group was sent, and this is no variant of one");
      return;
    }
    Decision taken =
        decision.request() == null
            ? desk.decideByPolicy(String.valueOf(decision.why()))
            : desk.decide(decision.kind(), decision.request(), Decision.Channel.GROUP);
    membership.answers(decision.number(), taken);
    took(taken);
    journal.tellGroup(lease.deadline());
  }

  private void took(Decision decision) {
    journal.decided(decision, desk.decisions(), desk.approvedBy(), lease.deadline());
    if (desk.isRejected() && journal.stage() != Stage.AWAITING_DECISION) {
      path.cancel("rejected");
    }
  }

  @Override
  public Instant extendTtl(@Nullable ExtendTtlRequest request) {
    Instant deadline = MessageValidation.deadline(request);
    lease.move(deadline);
    journal.note(
        "deadline moved to %s by %s"
            .formatted(deadline, shown(String.valueOf(request == null ? "" : request.by()), 60)));
    journal.publish(deadline, desk.approvedBy());
    compensation.extend(deadline);
    return deadline;
  }

  @Override
  public void validateExtendTtl(@Nullable ExtendTtlRequest request) {
    MessageValidation.requireExtension(request, desk, journal);
  }

  @Override
  public ExperimentStatus status() {
    return journal.status(lease.deadline(), desk.decisions(), compensation.branchStands());
  }
}
