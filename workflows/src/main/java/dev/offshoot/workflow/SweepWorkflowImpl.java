package dev.offshoot.workflow;

import dev.offshoot.domain.SweepReport;

/** See {@link BranchWorkflows.SweepWorkflow}. */
public final class SweepWorkflowImpl implements BranchWorkflows.SweepWorkflow {
  @Override
  public SweepReport run() {
    return BranchWorkflows.sweeping().sweep();
  }
}
