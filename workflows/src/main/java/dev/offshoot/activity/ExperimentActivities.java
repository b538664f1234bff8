package dev.offshoot.activity;

import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ExperimentReport;
import dev.offshoot.domain.ExperimentSpec;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** Running an experiment's statements on its branch. */
@ActivityInterface
public interface ExperimentActivities {

  /**
   * Runs statements and checks as the branch's own powerless role. A retry after a lost worker
   * finds an untouched branch ({@code SINGLE}: nothing was committed) or fails with {@code
   * BRANCH_GONE} because an earlier try may have committed a part.
   */
  @ActivityMethod
  ExperimentReport runExperiment(RunExperiment request);

  /**
   * @param branch where
   * @param spec what
   */
  record RunExperiment(BranchRef branch, ExperimentSpec spec) {}
}
