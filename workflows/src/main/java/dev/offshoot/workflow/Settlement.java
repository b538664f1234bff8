package dev.offshoot.workflow;

import dev.offshoot.activity.JudgeActivities;
import dev.offshoot.activity.MergeActivities;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ConflictReport;
import dev.offshoot.domain.Decision;
import dev.offshoot.domain.ExperimentOutcome;
import dev.offshoot.domain.ExperimentReport;
import dev.offshoot.domain.Judgement;
import dev.offshoot.domain.MergeResult;
import dev.offshoot.domain.ResolveResult;
import dev.offshoot.domain.Stage;
import dev.offshoot.policy.AutoMerge;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Workflow;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What comes of a frozen change set: it is judged, somebody decides, and it is merged or not.
 * Deterministic workflow code.
 */
final class Settlement {
  private final Journal journal;
  private final DecisionDesk desk;
  private final Lease lease;
  private final Endings endings;
  private final Runnable onDeadline;

  /**
   * @param onDeadline what happens when the deadline has passed before anybody decided
   */
  Settlement(
      Journal journal, DecisionDesk desk, Lease lease, Endings endings, Runnable onDeadline) {
    this.journal = journal;
    this.desk = desk;
    this.lease = lease;
    this.endings = endings;
    this.onDeadline = onDeadline;
  }

  /** Lets policy and judge look at it, from now on the change set that decisions are about. */
  void judge(ExperimentReport report, ChangeSummary changes) {
    Judgement judgement = judged(report, changes);
    desk.review(judgement);
    if (AutoMerge.allows(journal.spec(), judgement)) {
      desk.approveByPolicy("autoMerge: no hazards, and the judge approves");
    }
  }

  private Judgement judged(ExperimentReport report, ChangeSummary changes) {
    journal.enter(Stage.JUDGING, "looking at the change set");
    Judgement judgement =
        Steps.judge()
            .judge(
                new JudgeActivities.JudgeRequest(
                    journal.spec(), report, changes, journal.judgeTokens()));
    journal.judged(judgement);
    return judgement;
  }

  /**
   * @param mayRunAgain whether there may be another branch
   * @return how it ended, or nothing if the statements are to run again on a new branch
   */
  @Nullable ExperimentOutcome decideAndMerge(
      BranchRef branch, ChangeSummary reviewed, boolean mayRunAgain) {
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
        return journal.spec().reverts() == null
            ? endings.merged(decision, result.report())
            : endings.reverted(decision, result.report());
      }
      ConflictReport conflicts = Objects.requireNonNull(result.conflicts());
      journal.conflicted(conflicts);
      switch (journal.spec().onConflict()) {
        case DROP -> {
          return endings.conflicted(conflicts, "the merge wrote nothing" + newerFirst(changes));
        }
        case ASK -> desk.reopen(conflicts);
        case REBASE -> {
          return mayRunAgain
              ? null
              : endings.conflicted(
                  conflicts, "still so after %d branches".formatted(branch.attempt()));
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
        onDeadline.run();
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
        branch, changes.digest(), journal.spec().strictness(), journal.spec().checks(), decision);
  }
}
