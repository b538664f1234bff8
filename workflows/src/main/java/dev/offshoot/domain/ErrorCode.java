package dev.offshoot.domain;

/**
 * Why something could not be done. The name is the {@code type} of the Temporal failure and the
 * {@code code} in JSON, so names are never changed.
 */
public enum ErrorCode {
  /** The experiment's specification is wrong; the message names the field and the remedy. */
  BAD_SPEC(false),
  /** No parent of that name is configured at the worker. */
  UNKNOWN_PARENT(false),
  /** The experiment id was used before. */
  ID_IN_USE(false),
  /** The parent's server does not answer; tried again. */
  PARENT_UNREACHABLE(true),
  /** The parent's server refuses the configured role or password. */
  PARENT_ACCESS_DENIED(false),
  /** Somebody is connected to the parent, so it cannot be copied now. */
  PARENT_BUSY(false),
  /** Another experiment of ours holds the parent for a moment; tried again. */
  PARENT_TAKEN(true),
  /**
   * The parent or its configured role is not fit for branches (superuser, missing right, old
   * server).
   */
  PARENT_UNSUITABLE(false),
  /** The parent's schema has changed since its source copy was made; the copy must be refreshed. */
  SOURCE_OUTDATED(false),
  /** A statement of the experiment failed; the failure carries index, position and SQLSTATE. */
  SQL_ERROR(false),
  /** A statement of the experiment asked for something that its role may not do. */
  PERMISSION_DENIED(false),
  /** A statement that Offshoot does not run (transaction control, COPY FROM STDIN ...). */
  STATEMENT_REFUSED(false),
  /** One of the experiment's own checks did not return true. */
  CHECK_FAILED(false),
  /** There is no room for another branch now; the workflow waits its turn and asks again. */
  QUEUED(false),
  /** A limit of the experiment or of the parent was exceeded. */
  LIMIT_EXCEEDED(false),
  /** The experiment did something that a merge cannot carry; the message names it. */
  NOT_CARRIED(false),
  /** Parent and branch changed the same thing; the failure lists every conflict. */
  CONFLICT(false),
  /** The merge would have written something that was not reviewed, and rolled back. */
  MERGE_REFUSED(false),
  /** The merge cannot be reverted (never merged, too long ago, reverted before ...). */
  REVERT_REFUSED(false),
  /** A lock on the parent was not had in time; tried again. */
  LOCK_TIMEOUT(true),
  /** A lost connection or restarted server; tried again. */
  CONNECTION_LOST(true),
  /** The ledger does not answer; tried again. */
  LEDGER_UNREACHABLE(true),
  /** The judge's model does not answer; tried again, then a person decides without it. */
  JUDGE_UNREACHABLE(true),
  /** The branch of an experiment is not there any more. */
  BRANCH_GONE(false),
  /** Nothing is known under that name or id. */
  NOT_FOUND(false),
  /** The decision cannot be taken (wrong digest, too late, by the requester ...). */
  DECISION_REFUSED(false),
  /** A session does not take the message (it has ended, there is no such savepoint ...). */
  SESSION_REFUSED(false),
  /** Cancelled by its caller. */
  CANCELLED(false),
  /** A defect of ours; tried again a few times. */
  INTERNAL(true);

  private final boolean retryable;

  ErrorCode(boolean retryable) {
    this.retryable = retryable;
  }

  /** Whether the same step may succeed when tried again without anybody changing anything. */
  public boolean retryable() {
    return retryable;
  }
}
