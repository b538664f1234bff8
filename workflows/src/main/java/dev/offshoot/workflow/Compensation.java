package dev.offshoot.workflow;

import dev.offshoot.activity.BranchActivities;
import dev.offshoot.activity.MergeActivities;
import dev.offshoot.activity.RevertActivities;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentOutcome;
import dev.offshoot.domain.HumanDuration;
import dev.offshoot.domain.Outcome;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.Stage;
import io.temporal.failure.ActivityFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Functions;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What an experiment leaves behind unless somebody takes it away: branches, reserved values of
 * sequences, the mark of a revert in progress. Each is registered before it is made, and however
 * the path ends, {@link #finish} takes it away. Deterministic workflow code.
 */
final class Compensation {
  /** Between rounds of tries to delete a branch, after a failure that said not to try again. */
  private static final Duration DROP_PAUSE = Duration.ofMinutes(10);

  private final Journal journal;

  /** Branches that may stand, with who deletes them: filled before the branch is created. */
  private final List<BranchRef> standing = new ArrayList<>();

  /** Work that the path does not wait for, and the end does. */
  private final List<Promise<Void>> beside = new ArrayList<>();

  private boolean revertBegun;

  /** Whether the ledger has the revert, so that its end can be moved there. */
  private boolean revertNoted;

  Compensation(Journal journal) {
    this.journal = journal;
  }

  /** Before a branch is created. */
  void register(BranchRef branch) {
    standing.add(branch);
  }

  /** Before a revert is noted in the ledger. */
  void registerRevert() {
    revertBegun = true;
  }

  /**
   * The ledger has the revert.
   *
   * @param noted the deadline that it has
   * @param deadline the one that holds by now
   */
  void revertNoted(Instant noted, Instant deadline) {
    revertNoted = true;
    if (!noted.equals(deadline)) {
      beside(() -> extendRevert(deadline));
    }
  }

  boolean branchStands() {
    return !standing.isEmpty();
  }

  /** Deletes a branch while the path goes on. */
  void release(BranchRef branch, String reason) {
    beside(() -> drop(branch, reason));
  }

  /** Deletes a branch, however long it takes: one that is not deleted is an orphan. */
  void drop(BranchRef branch, String reason) {
    BranchActivities.DropBranch request =
        new BranchActivities.DropBranch(
            branch,
            Workflow.getInfo().getOriginalExecutionRunId(),
            reason,
            journal.digest() != null);
    if (standing.contains(branch)) {
      untilGone(request, journal::note);
      if (standing.remove(branch)) {
        journal.branchDeleted(branch);
      }
    }
  }

  /** Tries to delete a branch or stem until it is gone. */
  static void untilGone(BranchActivities.DropBranch request, Consumer<String> note) {
    while (true) {
      try {
        Steps.dropBranch().dropBranch(request);
        return;
      } catch (ActivityFailure e) {
        note.accept(
            "the branch could not be deleted, trying again in %s: %s"
                .formatted(HumanDuration.format(DROP_PAUSE), shown(e)));
        Workflow.sleep(DROP_PAUSE);
      }
    }
  }

  /** Gives back what was reserved on the parent for a change set that does not reach it. */
  void releaseSequences(BranchRef branch) {
    @Nullable String digest = journal.digest();
    if (digest == null) {
      return;
    }
    try {
      Steps.releaseSequences()
          .releaseSequences(new MergeActivities.ReleaseSequences(branch, digest));
    } catch (ActivityFailure e) {
      journal.note("reserved values of sequences stay a gap");
    }
  }

  /**
   * Tells the homes of branches and the ledger of another deadline, while the path goes on; the
   * deadline itself is the workflow's.
   */
  void extend(Instant deadline) {
    for (BranchRef branch : List.copyOf(standing)) {
      beside(() -> extendLease(branch, deadline));
    }
    if (revertNoted) {
      beside(() -> extendRevert(deadline));
    }
  }

  /** Takes away what still stands, however the path ended; does not give up. */
  void finish(ExperimentOutcome outcome) {
    if (branchStands()) {
      journal.enter(Stage.DROPPING, "deleting the branch");
      beside.forEach(Promise::get);
      for (BranchRef branch : List.copyOf(standing)) {
        drop(branch, outcome.outcome().name());
      }
    }
    beside.forEach(Promise::get);
    if (revertBegun) {
      endRevert(outcome);
    }
    if (outcome.outcome() != Outcome.MERGED && journal.branch() != null) {
      releaseSequences(journal.branch().ref());
    }
  }

  private void extendLease(BranchRef branch, Instant deadline) {
    try {
      Steps.extendLease().extendLease(new BranchActivities.ExtendLease(branch, deadline));
    } catch (ActivityFailure e) {
      journal.note("the branch's home did not take the new deadline: " + shown(e));
    }
  }

  /**
   * Until then no other revert of the same merge begins. Reverts that began before this was told to
   * the ledger go on without.
   */
  private void extendRevert(Instant deadline) {
    if (Workflow.getVersion("extendRevert", Workflow.DEFAULT_VERSION, 1)
        == Workflow.DEFAULT_VERSION) {
      return;
    }
    try {
      Steps.extendRevert().extendRevert(new RevertActivities.ExtendRevert(self(), deadline));
    } catch (ActivityFailure e) {
      journal.note("the ledger did not take the new deadline: " + shown(e));
    }
  }

  /** Where the ledger does not hear of it, another revert can begin after this one's deadline. */
  private void endRevert(ExperimentOutcome outcome) {
    try {
      Steps.endRevert().endRevert(new RevertActivities.EndRevert(self(), outcome.outcome()));
    } catch (ActivityFailure e) {
      journal.note("the ledger did not note the end: " + shown(e));
    }
  }

  private void beside(Functions.Proc work) {
    Workflow.newDetachedCancellationScope(() -> beside.add(Async.procedure(work))).run();
  }

  private static ExperimentId self() {
    return ExperimentId.ofWorkflow(Workflow.getInfo().getWorkflowId());
  }

  private static String shown(ActivityFailure failure) {
    return ShownText.oneLine(Failures.fromTemporal(failure).message(), 200);
  }
}
