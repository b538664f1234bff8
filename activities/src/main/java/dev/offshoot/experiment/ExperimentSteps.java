package dev.offshoot.experiment;

import dev.offshoot.activity.ExperimentActivities;
import dev.offshoot.branch.Parents;
import dev.offshoot.domain.ExperimentReport;
import dev.offshoot.step.Step;

/** Runs experiments on the branches of the configured parents. Thread-safe. */
public final class ExperimentSteps implements ExperimentActivities {
  private final Parents parents;

  public ExperimentSteps(Parents parents) {
    this.parents = parents;
  }

  @Override
  public ExperimentReport runExperiment(RunExperiment request) {
    return Step.run(
        progress -> {
          Parents.Parent parent = parents.get(request.branch().parent());
          return new ExperimentRun(
                  parent.provider(),
                  request.branch(),
                  request.spec(),
                  parent.config().maxBranchGrowth(),
                  progress)
              .run();
        });
  }
}
