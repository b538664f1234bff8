package dev.offshoot.workflow;

import dev.offshoot.activity.ReadActivities;
import dev.offshoot.domain.Reverted;
import org.jspecify.annotations.Nullable;

/** See {@link ReadWorkflows.ReadRevertedWorkflow}. */
public final class ReadRevertedWorkflowImpl implements ReadWorkflows.ReadRevertedWorkflow {
  @Override
  public @Nullable Reverted run(ReadActivities.ReadReverted request) {
    return ReadWorkflows.activities().readReverted(request);
  }
}
