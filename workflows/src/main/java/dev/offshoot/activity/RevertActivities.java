package dev.offshoot.activity;

import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.Outcome;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;
import java.time.Instant;

/** Turning a merge around. */
@ActivityInterface
public interface RevertActivities {

  /**
   * Registers the revert, stores the inverse of what the merge has changed in the ledger under a
   * digest of its own and returns its summary; the parent is only read. Idempotent.
   *
   * <p>Fails with {@code NOT_FOUND} if there is no such experiment, and with {@code REVERT_REFUSED}
   * if it was not merged, was merged longer ago than the parent's window, was reverted or is being
   * reverted, or cannot be reverted.
   */
  @ActivityMethod
  ChangeSummary computeRevert(ComputeRevert request);

  /** Moves the end of a revert where the ledger keeps it. Idempotent. */
  @ActivityMethod
  void extendRevert(ExtendRevert request);

  /** Notes how a revert ended, which lets another begin. Idempotent. */
  @ActivityMethod
  void endRevert(EndRevert request);

  /**
   * @param revert names the revert and the parent; it has no branch
   * @param workflowId who does it
   * @param runId the very run that does it; another run under the same id is refused
   * @param spec what was asked for; {@link ExperimentSpec#reverts()} says which experiment
   * @param deadline when it ends without a decision
   */
  record ComputeRevert(
      BranchRef revert, String workflowId, String runId, ExperimentSpec spec, Instant deadline) {}

  /**
   * @param revert which
   * @param deadline when it ends without a decision
   */
  record ExtendRevert(ExperimentId revert, Instant deadline) {}

  /**
   * @param revert which
   * @param outcome how
   */
  record EndRevert(ExperimentId revert, Outcome outcome) {}
}
