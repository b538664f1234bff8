package dev.offshoot.workflow;

import dev.offshoot.activity.ReadActivities;
import dev.offshoot.domain.SchemaPage;

/** See {@link ReadWorkflows.ReadSchemaWorkflow}. */
public final class ReadSchemaWorkflowImpl implements ReadWorkflows.ReadSchemaWorkflow {
  @Override
  public SchemaPage run(ReadActivities.ReadSchema request) {
    return ReadWorkflows.activities().readSchema(request);
  }
}
