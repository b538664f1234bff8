package dev.offshoot.activity;

import dev.offshoot.domain.BranchView;
import dev.offshoot.domain.SweepReport;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Putting right what no workflow puts right any more, and looking at it. */
@ActivityInterface
public interface JanitorActivities {

  /** One round. Idempotent; what fails is in the report, and stays for the next round. */
  @ActivityMethod
  SweepReport sweep();

  /** Branches that stand or are registered, and those that the janitor deleted lately. */
  @ActivityMethod
  List<BranchView> viewBranches(ViewBranches request);

  /**
   * @param parent only those of this parent; absent for all
   */
  record ViewBranches(@Nullable String parent) {}
}
