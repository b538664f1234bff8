package dev.offshoot.activity;

import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ExperimentReport;
import dev.offshoot.domain.ExperimentSpec;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** Reading the net effect of an experiment and freezing it. */
@ActivityInterface
public interface DiffActivities {

  /**
   * Compares base and branch, rehearses the schema script on the base in a transaction that is
   * rolled back, stores the change set in the ledger under its digest and returns its summary.
   * Idempotent: the same base and branch give the same digest.
   */
  @ActivityMethod
  ChangeSummary computeDiff(ComputeDiff request);

  /**
   * @param branch which
   * @param spec the experiment's statements
   * @param report what they did
   * @param preview whether the experiment goes on afterwards, so that its login stays
   */
  record ComputeDiff(
      BranchRef branch, ExperimentSpec spec, ExperimentReport report, boolean preview) {

    /** Of an experiment that has run its statements. */
    public ComputeDiff(BranchRef branch, ExperimentSpec spec, ExperimentReport report) {
      this(branch, spec, report, false);
    }

    /** Of a session that goes on. */
    public static ComputeDiff preview(
        BranchRef branch, ExperimentSpec spec, ExperimentReport report) {
      return new ComputeDiff(branch, spec, report, true);
    }
  }
}
