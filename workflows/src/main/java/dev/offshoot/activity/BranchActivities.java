package dev.offshoot.activity;

import dev.offshoot.domain.BranchInfo;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ExperimentSpec;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Making and deleting branches. */
@ActivityInterface
public interface BranchActivities {

  /**
   * Makes base and branch of {@code request.ref()} and registers them in the ledger before anything
   * exists. Idempotent: a second call finishes what the first began.
   */
  @ActivityMethod
  BranchInfo createBranch(CreateBranch request);

  /**
   * Makes the stem of a group: one copy of the parent, into which nobody is let, of which the
   * branches of the group's variants are made, so that all have one branch point. Registered and
   * deleted as a branch is. Idempotent.
   */
  @ActivityMethod
  BranchInfo createStem(CreateBranch request);

  /** Deletes base, branch and their roles. Idempotent: deleting what is gone is done. */
  @ActivityMethod
  void dropBranch(DropBranch request);

  /** Moves the end of the lease where the branch's home and the ledger keep one. Idempotent. */
  @ActivityMethod
  void extendLease(ExtendLease request);

  /**
   * @param ref what to make
   * @param workflowId who owns it
   * @param runId the very run that owns it; another run under the same id is refused
   * @param spec what it is for; the ledger keeps goal, tenant and requester for lists
   * @param deadline when the lease ends
   * @param stem what its base is a copy of; absent for the parent as it is now
   */
  record CreateBranch(
      BranchRef ref,
      String workflowId,
      String runId,
      ExperimentSpec spec,
      Instant deadline,
      @Nullable BranchRef stem) {

    /** One of the parent as it is now. */
    public CreateBranch(
        BranchRef ref, String workflowId, String runId, ExperimentSpec spec, Instant deadline) {
      this(ref, workflowId, runId, spec, deadline, null);
    }
  }

  /**
   * @param ref what to delete
   * @param runId the run that owns it; another run's branch of the same name is left alone
   * @param reason why, for the ledger
   * @param frozen whether a change set of it is kept, which may still be merged; else what was
   *     reserved for it on the parent is given back
   */
  record DropBranch(BranchRef ref, String runId, String reason, boolean frozen) {

    /** One of which no change set is kept. */
    public DropBranch(BranchRef ref, String runId, String reason) {
      this(ref, runId, reason, false);
    }
  }

  /**
   * @param ref whose lease
   * @param deadline its new end
   */
  record ExtendLease(BranchRef ref, Instant deadline) {}
}
