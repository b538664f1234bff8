package dev.offshoot.workflow;

import dev.offshoot.domain.HealthFinding;
import java.util.List;

/** See {@link ReadWorkflows.DoctorWorkflow}. */
public final class DoctorWorkflowImpl implements ReadWorkflows.DoctorWorkflow {
  @Override
  public List<HealthFinding> run() {
    return ReadWorkflows.activities().examine();
  }
}
