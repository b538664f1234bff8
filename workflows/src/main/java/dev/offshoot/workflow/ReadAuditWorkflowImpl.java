package dev.offshoot.workflow;

import dev.offshoot.activity.ReadActivities;
import dev.offshoot.domain.AuditPage;

/** See {@link ReadWorkflows.ReadAuditWorkflow}. */
public final class ReadAuditWorkflowImpl implements ReadWorkflows.ReadAuditWorkflow {
  @Override
  public AuditPage run(ReadActivities.ReadAudit request) {
    return ReadWorkflows.activities().readAudit(request);
  }
}
