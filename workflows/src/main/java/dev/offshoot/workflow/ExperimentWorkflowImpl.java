package dev.offshoot.workflow;

import dev.offshoot.activity.BranchActivities;
import dev.offshoot.activity.DiffActivities;
import dev.offshoot.activity.ExperimentActivities;
import dev.offshoot.activity.JudgeActivities;
import dev.offshoot.activity.MergeActivities;
import dev.offshoot.activity.RevertActivities;
import dev.offshoot.domain.BranchInfo;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ConflictReport;
import dev.offshoot.domain.DecideRequest;
import dev.offshoot.domain.Decision;
import dev.offshoot.domain.DecisionRequest;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentOutcome;
import dev.offshoot.domain.ExperimentReport;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.ExtendTtlRequest;
import dev.offshoot.domain.Failure;
import dev.offshoot.domain.Judgement;
import dev.offshoot.domain.MergeResult;
import dev.offshoot.domain.OnConflict;
import dev.offshoot.domain.ResolveResult;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.SpecValidation;
import dev.offshoot.domain.Stage;
import dev.offshoot.policy.AutoMerge;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.TemporalFailure;
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
  private final Journal journal;
  private final DecisionDesk desk;
  private final Lease lease;
  private final Endings endings;
  private final Compensation compensation;
  private final CancellationScope path;

  private @Nullable ExperimentOutcome ended;
  private @Nullable TemporalFailure thrown;

  /** Runs before any message is handled, so that every message finds a complete object. */
  @WorkflowInit
  public ExperimentWorkflowImpl(ExperimentSpec spec) {
    this.spec = spec;
    WorkflowInfo info = Workflow.getInfo();
    Instant startedAt = Instant.ofEpochMilli(info.getRunStartedTimestampMillis());
    this.journal = new Journal(info.getWorkflowId(), spec, startedAt);
    this.desk = new DecisionDesk(Objects.requireNonNullElse(spec.requestedBy(), ""));
    this.lease = new Lease(startedAt.plus(boundedTtl(spec)), this::deadlineReached);
    this.endings = new Endings(journal);
    this.compensation = new Compensation(journal);
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
    if (spec.reverts() != null) {
      return revert(new BranchRef(id, 1, Objects.requireNonNull(spec.parent(), "validated")));
    }
    for (int attempt = 1; ; attempt++) {
      BranchRef branch =
          new BranchRef(id, attempt, Objects.requireNonNull(spec.parent(), "validated"));
      createBranch(branch);
      @Nullable ExperimentReport report = runExperiment(branch, attempt);
      if (report == null) {
        compensation.drop(branch, "lost");
        continue;
      }
      ChangeSummary changes = computeDiff(branch, report);
      releaseBranch(branch);
      if (changes.nothingChanged()) {
        return endings.nothingToMerge();
      }
      judge(report, changes);
      @Nullable ExperimentOutcome outcome = decideAndMerge(branch, changes, attempt);
      if (outcome != null) {
        return outcome;
      }
      desk.startOver();
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

  /** The change set is the inverse of a merged one: nothing is branched and nothing is run. */
  private ExperimentOutcome revert(BranchRef revert) {
    ChangeSummary changes = computeRevert(revert);
    if (changes.nothingChanged()) {
      return endings.nothingToMerge();
    }
    judge(new ExperimentReport(List.of(), List.of(), List.of(), List.of(), 0), changes);
    return Objects.requireNonNull(
        decideAndMerge(revert, changes, 1), "a revert is not run again on another branch");
  }

  private ChangeSummary computeRevert(BranchRef revert) {
    journal.enter(Stage.DIFFING, "turning the merge of " + spec.reverts() + " around");
    compensation.registerRevert();
    WorkflowInfo info = Workflow.getInfo();
    Instant deadline = lease.deadline();
    ChangeSummary changes =
        Steps.computeRevert()
            .computeRevert(
                new RevertActivities.ComputeRevert(
                    revert,
                    info.getWorkflowId(),
                    info.getOriginalExecutionRunId(),
                    spec,
                    deadline));
    compensation.revertNoted(deadline, lease.deadline());
    journal.compared(changes);
    return changes;
  }

  private void createBranch(BranchRef branch) {
    journal.enter(Stage.BRANCHING, "creating a branch of " + shown(branch.parent(), 60));
    compensation.register(branch);
    WorkflowInfo info = Workflow.getInfo();
    BranchInfo made =
        Steps.createBranch()
            .createBranch(
                new BranchActivities.CreateBranch(
                    branch,
                    info.getWorkflowId(),
                    info.getOriginalExecutionRunId(),
                    spec,
                    lease.deadline()));
    journal.branched(made);
  }

  /**
   * @return what the statements did, or nothing if that is lost with a worker and they are to run
   *     again on another branch
   */
  private @Nullable ExperimentReport runExperiment(BranchRef branch, int attempt) {
    journal.enter(Stage.EXPERIMENTING, "running the statements");
    try {
      ExperimentReport report =
          Steps.runExperiment(spec.limits().maxRuntime())
              .runExperiment(new ExperimentActivities.RunExperiment(branch, spec));
      journal.reported(report);
      return report;
    } catch (ActivityFailure e) {
      if (attempt == MOST_ATTEMPTS || !isLost(e)) {
        throw e;
      }
      journal.note(
          "the worker was lost with what it knew of the statements: running them again on a new branch");
      return null;
    }
  }

  /** Experiments that began before ended as failed then. */
  private static boolean isLost(ActivityFailure failure) {
    return Failures.fromTemporal(failure).code() == ErrorCode.BRANCH_GONE
        && Workflow.getVersion("lostBranch", Workflow.DEFAULT_VERSION, 1)
            != Workflow.DEFAULT_VERSION;
  }

  private ChangeSummary computeDiff(BranchRef branch, ExperimentReport report) {
    journal.enter(Stage.DIFFING, "comparing base and branch");
    ChangeSummary changes =
        Steps.computeDiff().computeDiff(new DiffActivities.ComputeDiff(branch, spec, report));
    journal.compared(changes);
    return changes;
  }

  /**
   * Once the change set is frozen nothing needs the branch any more: waiting holds no database. It
   * is deleted beside the path, so that a home that is away for a while keeps nobody from deciding.
   */
  private void releaseBranch(BranchRef branch) {
    if (!spec.keepBranch()) {
      compensation.release(branch, "change set frozen");
    }
  }

  private void judge(ExperimentReport report, ChangeSummary changes) {
    Judgement judgement = judged(report, changes);
    desk.review(judgement);
    if (AutoMerge.allows(spec, judgement)) {
      desk.approveByPolicy("autoMerge: no hazards, and the judge approves");
    }
  }

  private Judgement judged(ExperimentReport report, ChangeSummary changes) {
    journal.enter(Stage.JUDGING, "looking at the change set");
    Judgement judgement =
        Steps.judge()
            .judge(new JudgeActivities.JudgeRequest(spec, report, changes, journal.judgeTokens()));
    journal.judged(judgement);
    return judgement;
  }

  /**
   * @return how it ended, or nothing if the statements are to run again on a new branch
   */
  private @Nullable ExperimentOutcome decideAndMerge(
      BranchRef branch, ChangeSummary reviewed, int attempt) {
    ChangeSummary changes = reviewed;
    while (true) {
      Decision decision = awaitDecision();
      if (decision.kind() == Decision.Kind.REJECT) {
        return endings.rejected(decision);
      }
      if (decision.resolvesConflicts()) {
        changes = resolve(branch, changes, decision);
        if (desk.settled() != null && changes.nothingChanged()) {
          return endings.nothingLeft(decision);
        }
        continue;
      }
      MergeResult result = merge(branch, changes, decision);
      if (result.report() != null) {
        return spec.reverts() == null
            ? endings.merged(decision, result.report())
            : endings.reverted(decision, result.report());
      }
      ConflictReport conflicts = Objects.requireNonNull(result.conflicts());
      journal.conflicted(conflicts);
      switch (spec.onConflict()) {
        case DROP -> {
          return endings.conflicted(conflicts, "the merge wrote nothing" + newerFirst(changes));
        }
        case ASK -> desk.reopen(conflicts);
        case REBASE -> {
          if (attempt == MOST_ATTEMPTS) {
            return endings.conflicted(
                conflicts, "still so after %d branches".formatted(MOST_ATTEMPTS));
          }
          return null;
        }
      }
    }
  }

  /**
   * The change set that the decision's resolution gives, from now on the one under review; or the
   * same again if it cannot be carried out, and somebody is asked again.
   */
  private ChangeSummary resolve(BranchRef branch, ChangeSummary changes, Decision decision) {
    journal.enter(Stage.DIFFING, "resolving conflicts as %s said".formatted(decision.by()));
    ResolveResult result =
        Steps.resolveConflicts()
            .resolveConflicts(
                new MergeActivities.ResolveConflicts(
                    mergeOf(branch, changes, decision), changes, journal.conflictFingerprint()));
    if (result.changes() == null) {
      String why = Objects.requireNonNull(result.why());
      journal.unresolved(Objects.requireNonNull(result.conflicts()), why);
      desk.reopen(result.conflicts(), why);
      return changes;
    }
    journal.resolved(result.changes());
    Judgement judgement = judged(journal.report(), result.changes());
    desk.resolved(judgement);
    return result.changes();
  }

  private static String newerFirst(ChangeSummary changes) {
    List<String> newer = changes.reversal().newerMerges();
    return newer.isEmpty()
        ? ""
        : "; merged later into the same tables: %s: to revert those first may help"
            .formatted(String.join(", ", newer));
  }

  private Decision awaitDecision() {
    if (desk.settled() == null) {
      if (lease.isOver()) {
        deadlineReached();
      }
      journal.enter(Stage.AWAITING_DECISION, "waiting for a decision");
      journal.publish(lease.deadline(), desk.approvedBy());
      try {
        Workflow.await(() -> desk.settled() != null);
      } catch (TemporalFailure e) {
        // A decision that counted before the cancellation was told so; it stands.
        if (desk.settled() == null) {
          throw e;
        }
      }
    }
    return Objects.requireNonNull(desk.settled());
  }

  /** In a detached scope: after the merge has begun nothing turns it into a drop. */
  private MergeResult merge(BranchRef branch, ChangeSummary changes, Decision decision) {
    journal.enter(Stage.MERGING, "merging, approved by " + decision.by());
    MergeResult[] result = new MergeResult[1];
    Workflow.newDetachedCancellationScope(
            () -> result[0] = Steps.merge().merge(mergeOf(branch, changes, decision)))
        .run();
    return Objects.requireNonNull(result[0]);
  }

  private MergeActivities.MergeRequest mergeOf(
      BranchRef branch, ChangeSummary changes, Decision decision) {
    return new MergeActivities.MergeRequest(
        branch, changes.digest(), spec.strictness(), spec.checks(), decision);
  }

  /** However the path ended; runs detached and does not give up. */
  private void close() {
    ExperimentOutcome outcome = Objects.requireNonNull(ended);
    lease.stop();
    desk.close("the experiment has ended (%s)".formatted(outcome.outcome()));
    compensation.finish(outcome);
    journal.closed(outcome);
    Workflow.await(Workflow::isEveryHandlerFinished);
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

  private void deadlineReached() {
    if (desk.settled() == null && journal.stage() != Stage.MERGING) {
      desk.close("the deadline has passed");
      path.cancel("deadline");
    }
  }

  @Override
  public void approve(@Nullable DecisionRequest request) {
    took(desk.decide(Decision.Kind.APPROVE, request, Decision.Channel.SIGNAL));
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
    MessageValidation.requireDecision(request, desk);
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
