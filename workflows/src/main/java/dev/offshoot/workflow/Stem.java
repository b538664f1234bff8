package dev.offshoot.workflow;

import dev.offshoot.activity.BranchActivities;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.Stage;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInfo;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The one copy of the parent that the branches of a group are made of, so that all have the same
 * branch point. It goes as soon as no variant needs it any more.
 */
final class Stem {
  private final ExperimentId group;
  private final ExperimentSpec shared;
  private final Instant deadline;
  private final GroupJournal journal;
  private boolean stands;
  private @Nullable Promise<Void> gone;

  Stem(ExperimentId group, ExperimentSpec shared, Instant deadline, GroupJournal journal) {
    this.group = group;
    this.shared = shared;
    this.deadline = deadline;
    this.journal = journal;
  }

  private BranchRef ref() {
    return new BranchRef(group, 1, Objects.requireNonNull(shared.parent(), "validated"));
  }

  /** Makes it, once there is room. */
  void create() {
    BranchRef ref = ref();
    journal.enter(
        Stage.BRANCHING,
        "making one copy of %s for all variants".formatted(ShownText.oneLine(ref.parent(), 60)));
    WorkflowInfo info = Workflow.getInfo();
    stands = true;
    BranchActivities.CreateBranch request =
        new BranchActivities.CreateBranch(
            ref, info.getWorkflowId(), info.getOriginalExecutionRunId(), shared, deadline);
    WaitingForRoom.until(() -> Steps.createBranch().createStem(request), journal::queued);
  }

  /** Whether no variant needs it any more. */
  boolean canGo() {
    return stands && gone == null && journal.members().stream().allMatch(Member::needsNoStem);
  }

  /** Drops it if it can go, beside the path, which does not wait for it. */
  void release() {
    if (canGo()) {
      drop();
    }
  }

  private void drop() {
    BranchActivities.DropBranch request =
        new BranchActivities.DropBranch(
            ref(), Workflow.getInfo().getOriginalExecutionRunId(), "variants are frozen");
    Workflow.newDetachedCancellationScope(
            () ->
                gone =
                    Async.procedure(
                        () -> {
                          Compensation.untilGone(request, journal::note);
                          stands = false;
                        }))
        .run();
  }

  /** Waits until it is gone, however the path ended. */
  void end() {
    if (stands && gone == null) {
      drop();
    }
    if (gone != null) {
      gone.get();
    }
  }
}
