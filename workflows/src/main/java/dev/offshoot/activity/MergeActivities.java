package dev.offshoot.activity;

import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.Decision;
import dev.offshoot.domain.MergeResult;
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
