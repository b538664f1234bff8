package dev.offshoot.workflow;

import dev.offshoot.activity.JanitorActivities;
import dev.offshoot.domain.BranchView;
import java.util.List;

/** See {@link BranchWorkflows.ViewBranchesWorkflow}. */
public final class ViewBranchesWorkflowImpl implements BranchWorkflows.ViewBranchesWorkflow {
  @Override
  public List<BranchView> run(JanitorActivities.ViewBranches request) {
    return BranchWorkflows.looking().viewBranches(request);
  }
}
