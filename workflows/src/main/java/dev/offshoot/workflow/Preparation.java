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
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.SessionEnd;
import dev.offshoot.domain.SessionState;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.Stage;
import io.temporal.api.enums.v1.ParentClosePolicy;
import io.temporal.client.WorkflowException;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.ChildWorkflowOptions;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInfo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What comes before anybody is asked: branch, experiment and diff, or the inverse of a merge.
 * Deterministic workflow code.
 */
final class Preparation {
  private final Journal journal;
  private final Lease lease;
  private final Compensation compensation;

  Preparation(Journal journal, Lease lease, Compensation compensation) {
    this.journal = journal;
    this.lease = lease;
    this.compensation = compensation;
  }

  /**
   * Where there is no room for it, it waits its turn, until the deadline at most.
   *
   * @param stem what it is to be a copy of; absent for the parent as it is now
   */
  void createBranch(BranchRef branch, @Nullable BranchRef stem) {
    String creating = "creating a branch of " + ShownText.oneLine(branch.parent(), 60);
    journal.enter(Stage.BRANCHING, creating);
    compensation.register(branch);
    BranchInfo made = WaitingForRoom.until(() -> make(branch, stem), journal::queued);
    if (journal.stage() == Stage.QUEUED) {
      journal.enter(Stage.BRANCHING, creating);
    }
    journal.branched(made);
    journal.tellGroup(lease.deadline());
  }

  private BranchInfo make(BranchRef branch, @Nullable BranchRef stem) {
    WorkflowInfo info = Workflow.getInfo();
    return Steps.createBranch()
        .createBranch(
            new BranchActivities.CreateBranch(
                branch,
                info.getWorkflowId(),
                info.getOriginalExecutionRunId(),
                journal.spec(),
                lease.deadline(),
                stem));
  }

  /**
   * @return what the statements did, or nothing if that is lost with a worker and they are to run
   *     again on another branch
   */
  @Nullable ExperimentReport runExperiment(BranchRef branch, boolean mayRunAgain) {
    journal.enter(Stage.EXPERIMENTING, "running the statements");
    try {
      ExperimentReport report =
          Steps.runExperiment(journal.spec().limits().maxRuntime())
              .runExperiment(new ExperimentActivities.RunExperiment(branch, journal.spec()));
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

  /**
   * The agent's own session with the branch, a workflow of its own whose history may grow.
   *
   * @return how it ended; if it was submitted, the experiment is what was handed in from now on
   */
  SessionEnd session(BranchRef branch, long branchBytes) {
    journal.enter(Stage.IN_SESSION, "waiting for the agent's statements");
    journal.tellGroup(lease.deadline());
    SessionEnd end =
        ended(
            new SessionWorkflow.Start(
                branch,
                journal.spec(),
                branchBytes,
                SessionWorkflow.MESSAGES_PER_HISTORY,
                SessionState.BEGINNING));
    journal.sent(end.sent());
    switch (end.kind()) {
      case CANCELLED -> throw new CanceledFailure("the session was ended");
      case BROKEN ->
          throw Failures.toTemporal(
              new OffshootException(Objects.requireNonNull(end.failure(), "why it broke"), null));
      case SUBMITTED, DISCARDED, IDLE -> {
        // What comes of it follows.
      }
    }
    if (end.kind() == SessionEnd.Kind.SUBMITTED) {
      journal.handedIn(
          journal.spec().handedIn(end.statements()),
          "submitted after %d runs: %d statements are handed in"
              .formatted(end.runs(), end.statements().size()));
      journal.reported(end.report());
    }
    return end;
  }

  /**
   * Runs it in a scope of its own: where the experiment is ended, it is asked to stop and tells
   * what was sent, which a workflow that is cancelled does not.
   */
  private SessionEnd ended(SessionWorkflow.Start start) {
    SessionWorkflow session =
        Workflow.newChildWorkflowStub(
            SessionWorkflow.class,
            ChildWorkflowOptions.newBuilder()
                .setWorkflowId(start.branch().experimentId().sessionWorkflowId())
                .setParentClosePolicy(ParentClosePolicy.PARENT_CLOSE_POLICY_TERMINATE)
                .setStaticSummary("session")
                .build());
    List<Promise<SessionEnd>> running = new ArrayList<>();
    Workflow.newDetachedCancellationScope(() -> running.add(Async.function(session::run, start)))
        .run();
    Promise<SessionEnd> end = running.get(0);
    try {
      Workflow.await(end::isCompleted);
    } catch (CanceledFailure e) {
      // What runs on the branch must have stopped before the branch is deleted.
      Workflow.newDetachedCancellationScope(() -> stop(session, end)).run();
      throw e;
    }
    return end.get();
  }

  private void stop(SessionWorkflow session, Promise<SessionEnd> end) {
    try {
      Workflow.getWorkflowExecution(session).get();
      if (!end.isCompleted()) {
        session.stop();
      }
    } catch (TemporalFailure | WorkflowException e) {
      // It has just ended, or never began.
    }
    try {
      journal.sent(end.get().sent());
    } catch (TemporalFailure e) {
      journal.note("the session ended without telling what was sent");
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
        Steps.computeDiff()
            .computeDiff(new DiffActivities.ComputeDiff(branch, journal.spec(), report));
    journal.compared(changes);
    return changes;
  }

  /**
   * Once the change set is frozen nothing needs the branch any more: waiting holds no database. It
   * is deleted beside the path, so that a home that is away for a while keeps nobody from deciding.
   */
  void releaseBranch(BranchRef branch) {
    if (!journal.spec().keepBranch()) {
      compensation.release(branch, "change set frozen");
    }
  }

  /** Nothing is branched and nothing is run. */
  ChangeSummary computeRevert(BranchRef revert) {
    journal.enter(Stage.DIFFING, "turning the merge of " + journal.spec().reverts() + " around");
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
                    journal.spec(),
                    deadline));
    compensation.revertNoted(deadline, lease.deadline());
    journal.compared(changes);
    return changes;
  }
}
