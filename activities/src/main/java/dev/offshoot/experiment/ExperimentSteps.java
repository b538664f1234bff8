package dev.offshoot.experiment;

import dev.offshoot.activity.ExperimentActivities;
import dev.offshoot.branch.BranchProvider;
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
          BranchProvider provider = parents.get(request.branch().parent()).provider();
          return new ExperimentRun(provider, request.branch(), request.spec(), progress).run();
        });
  }
}
