package dev.offshoot.activity;

import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.Decision;
import dev.offshoot.domain.MergeResult;
import dev.offshoot.domain.ResolveResult;
import dev.offshoot.domain.Strictness;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;
import java.util.List;

/** Applying a change set to the parent. */
@ActivityInterface
public interface MergeActivities {

  /**
   * Applies the frozen change set in one transaction, or lists every conflict and writes nothing.
   * Idempotent: the receipt that the transaction leaves on the parent answers a second call.
   */
  @ActivityMethod
  MergeResult merge(MergeRequest request);

  /**
   * Writes the change set that a person's resolution of the shown conflicts gives to the ledger,
   * under a digest of its own. Writes nothing to the parent. Whatever collides today and was not
   * shown, or not with these values, or not named, keeps it from being resolved.
   */
  @ActivityMethod
  ResolveResult resolveConflicts(ResolveConflicts request);

  /**
   * Gives back what was reserved of the parent's sequences for an experiment that does not merge.
   * Nobody who draws values notices, and what cannot be given back stays a gap.
   */
  @ActivityMethod
  void releaseSequences(ReleaseSequences request);

  /**
   * @param branch for which it was reserved
   * @param digest its change set
   */
  record ReleaseSequences(BranchRef branch, String digest) {}

  /**
   * @param merge the merge that met the conflicts, with the decision that resolves them
   * @param changes its change set
   * @param fingerprint of the conflicts that were shown
   */
  record ResolveConflicts(MergeRequest merge, ChangeSummary changes, String fingerprint) {}

  /**
   * @param branch whose change set; names experiment and parent
   * @param digest which change set
   * @param strictness what counts as a collision
   * @param checks queries that must return true on the parent before the commit
   * @param decision who approved it
   */
  record MergeRequest(
      BranchRef branch,
      String digest,
      Strictness strictness,
      List<String> checks,
      Decision decision) {}
}
