package dev.offshoot.workflow;

import dev.offshoot.activity.ReadActivities;
import dev.offshoot.domain.ValuePart;

/** See {@link ReadWorkflows.ReadValueWorkflow}. */
public final class ReadValueWorkflowImpl implements ReadWorkflows.ReadValueWorkflow {
  @Override
  public ValuePart run(ReadActivities.ReadValue request) {
    return ReadWorkflows.activities().readValue(request);
  }
}
