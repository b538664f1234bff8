package dev.offshoot.workflow;

import dev.offshoot.activity.ParentActivities;
import dev.offshoot.domain.RefreshReport;

/** See {@link ParentWorkflows.RefreshSourceWorkflow}. */
public final class RefreshSourceWorkflowImpl implements ParentWorkflows.RefreshSourceWorkflow {
  @Override
  public RefreshReport run(ParentActivities.RefreshSource request) {
    return ParentWorkflows.refreshing().refreshSource(request);
  }
}
