package dev.offshoot.workflow;

import dev.offshoot.activity.ReadActivities;
import dev.offshoot.domain.DiffPage;

/** See {@link ReadWorkflows.ReadDiffWorkflow}. */
public final class ReadDiffWorkflowImpl implements ReadWorkflows.ReadDiffWorkflow {
  @Override
  public DiffPage run(ReadActivities.ReadDiff request) {
    return ReadWorkflows.activities().readDiff(request);
  }
}
