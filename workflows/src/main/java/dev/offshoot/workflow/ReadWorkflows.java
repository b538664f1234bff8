package dev.offshoot.workflow;

import dev.offshoot.activity.ReadActivities;
import dev.offshoot.domain.AuditPage;
import dev.offshoot.domain.DiffPage;
import dev.offshoot.domain.ExperimentRow;
import dev.offshoot.domain.HealthFinding;
import dev.offshoot.domain.Reverted;
import dev.offshoot.domain.SchemaPage;
import dev.offshoot.domain.ValuePart;
import io.temporal.activity.ActivityOptions;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Questions that only the worker can answer, asked through Temporal so that a client needs no other
 * address and no credential. Each is a short workflow that changes nothing.
 */
public final class ReadWorkflows {
  private ReadWorkflows() {}

  /** A person waits for the answer, so it comes soon or not at all. */
  static ReadActivities activities() {
    return Workflow.newActivityStub(
        ReadActivities.class,
        ActivityOptions.newBuilder()
            .setStartToCloseTimeout(Duration.ofSeconds(30))
            .setScheduleToCloseTimeout(Duration.ofMinutes(1))
            .build());
  }

  /** Rows of a frozen change set, a page at a time. */
  @WorkflowInterface
  public interface ReadDiffWorkflow {
    @WorkflowMethod(name = "ReadDiff")
    DiffPage run(ReadActivities.ReadDiff request);
  }

  /** A frozen change set without its rows, a page at a time. */
  @WorkflowInterface
  public interface ReadSchemaWorkflow {
    @WorkflowMethod(name = "ReadSchema")
    SchemaPage run(ReadActivities.ReadSchema request);
  }

  /** A value of a frozen change set that is too long for a page, a part at a time. */
  @WorkflowInterface
  public interface ReadValueWorkflow {
    @WorkflowMethod(name = "ReadValue")
    ValuePart run(ReadActivities.ReadValue request);
  }

  /** Experiments from the ledger, where the Temporal server cannot list. */
  @WorkflowInterface
  public interface ListExperimentsWorkflow {
    @WorkflowMethod(name = "ListExperiments")
    List<ExperimentRow> run(ReadActivities.ListExperiments request);
  }

  /** By whom a merge was taken back later. */
  @WorkflowInterface
  public interface ReadRevertedWorkflow {
    @WorkflowMethod(name = "ReadReverted")
    @Nullable Reverted run(ReadActivities.ReadReverted request);
  }

  /** The chain of audit records, a page at a time. */
  @WorkflowInterface
  public interface ReadAuditWorkflow {
    @WorkflowMethod(name = "ReadAudit")
    AuditPage run(ReadActivities.ReadAudit request);
  }

  /** How the worker and all that it needs are. */
  @WorkflowInterface
  public interface DoctorWorkflow {
    @WorkflowMethod(name = "Doctor")
    List<HealthFinding> run();
  }
}
