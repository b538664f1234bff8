package dev.offshoot.experiment;

import dev.offshoot.activity.ExperimentActivities;
import dev.offshoot.branch.Parents;
import dev.offshoot.domain.ExperimentReport;
import dev.offshoot.step.Progress;
import dev.offshoot.step.Step;

/** Runs experiments on the branches of the configured parents. Thread-safe. */
public final class ExperimentSteps implements ExperimentActivities {
  private final Parents parents;

  public ExperimentSteps(Parents parents) {
    this.parents = parents;
  }

  @Override
  public ExperimentReport runExperiment(RunExperiment request) {
    return Step.run(progress -> run(request, progress));
  }

  /** The body of {@link #runExperiment}, for callers that are no activity. */
  public ExperimentReport run(RunExperiment request, Progress progress) {
    Parents.Parent parent = parents.get(request.branch().parent());
    return new ExperimentRun(
            parent.provider(),
            request.branch(),
            request.spec(),
            parent.config().maxBranchGrowth(),
            progress)
        .run();
  }
}
