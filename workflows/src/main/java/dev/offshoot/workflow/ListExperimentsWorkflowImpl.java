package dev.offshoot.workflow;

import dev.offshoot.activity.ReadActivities;
import dev.offshoot.domain.ExperimentRow;
import java.util.List;

/** See {@link ReadWorkflows.ListExperimentsWorkflow}. */
public final class ListExperimentsWorkflowImpl implements ReadWorkflows.ListExperimentsWorkflow {
  @Override
  public List<ExperimentRow> run(ReadActivities.ListExperiments request) {
    return ReadWorkflows.activities().listExperiments(request);
  }
}
