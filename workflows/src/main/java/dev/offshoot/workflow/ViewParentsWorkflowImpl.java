package dev.offshoot.workflow;

import dev.offshoot.activity.ParentActivities;
import dev.offshoot.domain.ParentView;
import java.util.List;

/** See {@link ParentWorkflows.ViewParentsWorkflow}. */
public final class ViewParentsWorkflowImpl implements ParentWorkflows.ViewParentsWorkflow {
  @Override
  public List<ParentView> run(ParentActivities.ViewParents request) {
    return ParentWorkflows.looking().viewParents(request);
  }
}
