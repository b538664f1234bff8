package dev.offshoot.workflow;

import dev.offshoot.activity.BranchActivities;
import dev.offshoot.activity.DiffActivities;
import dev.offshoot.activity.ExperimentActivities;
import dev.offshoot.activity.RevertActivities;
import dev.offshoot.domain.BranchInfo;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentReport;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.Stage;
import io.temporal.failure.ActivityFailure;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInfo;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What comes before anybody is asked: branch, experiment and diff, or the inverse of a merge.
 * Deterministic workflow code.
 */
final class Preparation {
  private final ExperimentSpec spec;
  private final Journal journal;
  private final Lease lease;
  private final Compensation compensation;

  Preparation(ExperimentSpec spec, Journal journal, Lease lease, Compensation compensation) {
    this.spec = spec;
    this.journal = journal;
    this.lease = lease;
    this.compensation = compensation;
  }

  void createBranch(BranchRef branch) {
    journal.enter(
        Stage.BRANCHING, "creating a branch of " + ShownText.oneLine(branch.parent(), 60));
    compensation.register(branch);
    WorkflowInfo info = Workflow.getInfo();
    BranchInfo made =
        Steps.createBranch()
            .createBranch(
                new BranchActivities.CreateBranch(
                    branch,
                    info.getWorkflowId(),
                    info.getOriginalExecutionRunId(),
                    spec,
                    lease.deadline()));
    journal.branched(made);
  }

  /**
   * @return what the statements did, or nothing if that is lost with a worker and they are to run
   *     again on another branch
   */
  @Nullable ExperimentReport runExperiment(BranchRef branch, boolean mayRunAgain) {
    journal.enter(Stage.EXPERIMENTING, "running the statements");
    try {
      ExperimentReport report =
          Steps.runExperiment(spec.limits().maxRuntime())
              .runExperiment(new ExperimentActivities.RunExperiment(branch, spec));
      journal.reported(report);
      return report;
    } catch (ActivityFailure e) {
      if (!mayRunAgain || !isLost(e)) {
        throw e;
      }
      journal.note(
          "the worker was lost with what it knew of the statements: running them again on a new branch");
      return null;
    }
  }

  /** Experiments that began before ended as failed then. */
  private static boolean isLost(ActivityFailure failure) {
    return Failures.fromTemporal(failure).code() == ErrorCode.BRANCH_GONE
        && Workflow.getVersion("lostBranch", Workflow.DEFAULT_VERSION, 1)
            != Workflow.DEFAULT_VERSION;
  }

  ChangeSummary computeDiff(BranchRef branch, ExperimentReport report) {
    journal.enter(Stage.DIFFING, "comparing base and branch");
    ChangeSummary changes =
        Steps.computeDiff().computeDiff(new DiffActivities.ComputeDiff(branch, spec, report));
    journal.compared(changes);
    return changes;
  }

  /**
   * Once the change set is frozen nothing needs the branch any more: waiting holds no database. It
   * is deleted beside the path, so that a home that is away for a while keeps nobody from deciding.
   */
  void releaseBranch(BranchRef branch) {
    if (!spec.keepBranch()) {
      compensation.release(branch, "change set frozen");
    }
  }

  /** Nothing is branched and nothing is run. */
  ChangeSummary computeRevert(BranchRef revert) {
    journal.enter(Stage.DIFFING, "turning the merge of " + spec.reverts() + " around");
    compensation.registerRevert();
    WorkflowInfo info = Workflow.getInfo();
    Instant deadline = lease.deadline();
    ChangeSummary changes =
        Steps.computeRevert()
            .computeRevert(
                new RevertActivities.ComputeRevert(
                    revert,
                    info.getWorkflowId(),
                    info.getOriginalExecutionRunId(),
                    spec,
                    deadline));
    compensation.revertNoted(deadline, lease.deadline());
    journal.compared(changes);
    return changes;
  }
}
