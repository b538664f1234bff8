package dev.offshoot.workflow;

import dev.offshoot.activity.AuditActivities;
import dev.offshoot.activity.BranchActivities;
import dev.offshoot.activity.DiffActivities;
import dev.offshoot.activity.ExperimentActivities;
import dev.offshoot.activity.JudgeActivities;
import dev.offshoot.activity.MergeActivities;
import dev.offshoot.activity.RevertActivities;
import dev.offshoot.activity.SessionActivities;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.SpecValidation;
import io.temporal.activity.ActivityCancellationType;
import io.temporal.activity.ActivityOptions;
import io.temporal.common.RetryOptions;
import io.temporal.workflow.Workflow;
import java.time.Duration;

/**
 * The activities of an experiment with their time limits and retries. What is worth trying again is
 * said by {@link dev.offshoot.domain.ErrorCode#retryable()}; here stands how often and how long.
 */
final class Steps {
  /** A worker that says nothing for this long is taken for dead. */
  private static final Duration HEARTBEAT = Duration.ofSeconds(6);

  /** Time beyond the experiment's own limit for connecting and reporting. */
  private static final Duration MARGIN = Duration.ofMinutes(1);

  private Steps() {}

  /** Tries about 15 s: a parent that is down gets a clear answer, a failover is survived. */
  static BranchActivities createBranch() {
    return Workflow.newActivityStub(
        BranchActivities.class, options(Duration.ofHours(1), retries(5, 10), "branch"));
  }

  static ExperimentActivities runExperiment(Duration maxRuntime) {
    return Workflow.newActivityStub(
        ExperimentActivities.class, options(maxRuntime.plus(MARGIN), retries(3, 10), "experiment"));
  }

  /**
   * Never gives up: whether a transaction whose answer was lost has committed can only be found out
   * by reaching the branch again, and an agent must not be left to guess. The lease ends it.
   */
  static SessionActivities inSession(Duration maxRuntime, String summary) {
    return Workflow.newActivityStub(
        SessionActivities.class,
        options(
            maxRuntime.plus(MARGIN),
            RetryOptions.newBuilder(retries(0, 10))
                .setDoNotRetry(ErrorCode.INTERNAL.name())
                .build(),
            summary));
  }

  /** As long as a lease may be. */
  static SessionActivities watch() {
    return Workflow.newActivityStub(
        SessionActivities.class,
        ActivityOptions.newBuilder(options(SpecValidation.MAX_TTL, retries(0, 10), "connection"))
            // It changes nothing that anybody would have to wait for.
            .setCancellationType(ActivityCancellationType.TRY_CANCEL)
            .build());
  }

  static DiffActivities computeDiff() {
    return Workflow.newActivityStub(
        DiffActivities.class, options(Duration.ofHours(2), retries(5, 30), "diff"));
  }

  static RevertActivities computeRevert() {
    return Workflow.newActivityStub(
        RevertActivities.class, options(Duration.ofHours(2), retries(5, 30), "revert"));
  }

  static RevertActivities extendRevert() {
    return Workflow.newActivityStub(
        RevertActivities.class, options(Duration.ofMinutes(1), retries(10, 30), "extend revert"));
  }

  static RevertActivities endRevert() {
    return Workflow.newActivityStub(
        RevertActivities.class, options(Duration.ofMinutes(1), retries(10, 30), "end revert"));
  }

  static JudgeActivities judge() {
    return Workflow.newActivityStub(
        JudgeActivities.class, options(Duration.ofMinutes(2), retries(3, 10), "judge"));
  }

  /**
   * Tries for a day: whether a merge whose answer was lost took place can only be found out by
   * reaching the parent again, and its receipt makes every further try harmless.
   */
  static MergeActivities merge() {
    return Workflow.newActivityStub(
        MergeActivities.class,
        ActivityOptions.newBuilder(options(Duration.ofHours(1), retries(0, 30), "merge"))
            .setScheduleToCloseTimeout(Duration.ofDays(1))
            .build());
  }

  /** Tries as long as the merge does, whose locks it takes: it writes nothing to the parent. */
  static MergeActivities resolveConflicts() {
    return Workflow.newActivityStub(
        MergeActivities.class,
        ActivityOptions.newBuilder(options(Duration.ofHours(1), retries(0, 30), "resolve"))
            .setScheduleToCloseTimeout(Duration.ofDays(1))
            .build());
  }

  /** What is not given back is a gap in a sequence, for which nobody should wait. */
  static MergeActivities releaseSequences() {
    return Workflow.newActivityStub(
        MergeActivities.class, options(Duration.ofMinutes(1), retries(3, 10), "release sequences"));
  }

  /** Never gives up: a branch that is not deleted is an orphan. */
  static BranchActivities dropBranch() {
    return Workflow.newActivityStub(
        BranchActivities.class, options(Duration.ofMinutes(10), retries(0, 60), "drop"));
  }

  static BranchActivities extendLease() {
    return Workflow.newActivityStub(
        BranchActivities.class, options(Duration.ofMinutes(1), retries(10, 30), "extend lease"));
  }

  /** Never gives up: what is not kept is lost when Temporal forgets the history. */
  static AuditActivities keepAudit() {
    return Workflow.newActivityStub(
        AuditActivities.class, options(Duration.ofMinutes(1), retries(0, 60), "audit"));
  }

  private static ActivityOptions options(Duration limit, RetryOptions retries, String summary) {
    return ActivityOptions.newBuilder()
        .setStartToCloseTimeout(limit)
        .setHeartbeatTimeout(HEARTBEAT)
        .setRetryOptions(retries)
        .setSummary(summary)
        // A step that is still at work while the branch is deleted would leave an orphan.
        .setCancellationType(ActivityCancellationType.WAIT_CANCELLATION_COMPLETED)
        .build();
  }

  private static RetryOptions retries(int attempts, int longestPauseSeconds) {
    return RetryOptions.newBuilder()
        .setInitialInterval(Duration.ofSeconds(1))
        .setBackoffCoefficient(2)
        .setMaximumInterval(Duration.ofSeconds(longestPauseSeconds))
        .setMaximumAttempts(attempts)
        .build();
  }
}
