package dev.offshoot.cli;

import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentOutcome;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.Failure;
import org.jspecify.annotations.Nullable;

/** What a script learns from the CLI without reading a word; documented in docs/cli.md. */
public enum ExitCode {
  /** Merged, or the command did what it was asked. */
  DONE(0),
  /** Something that no other code names. */
  UNEXPECTED(1),
  /** The command line, the specification or the request is wrong. */
  USAGE(2),
  /** The experiment ended without a merge: rejected, dropped, expired or cancelled. */
  DROPPED(3),
  /** Not allowed: own experiment, hazard that is not accepted, role without the right. */
  PERMISSION(4),
  /** A person's decision is still awaited. */
  PENDING(5),
  /** There is nothing of that name. */
  NOT_FOUND(6),
  /** Collides with what stands: conflicts with the parent, another digest, a decision before. */
  CONFLICT(7),
  /** Temporal, the worker or the parent does not answer. */
  UNREACHABLE(8),
  /** Stopped by Ctrl-C. */
  INTERRUPTED(130);

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  /** What an experiment's state means to a script that waited for it. */
  static ExitCode of(ExperimentStatus status) {
    @Nullable ExperimentOutcome outcome = status.outcome();
    return outcome == null ? PENDING : of(outcome);
  }

  static ExitCode of(ExperimentOutcome outcome) {
    return switch (outcome.outcome()) {
      case MERGED, REVERTED -> DONE;
      case DROPPED, EXPIRED, CANCELLED -> DROPPED;
      case CONFLICTED -> CONFLICT;
      case FAILED -> of(outcome.failure());
    };
  }

  private static ExitCode of(@Nullable Failure failure) {
    return failure == null ? UNEXPECTED : of(failure.code());
  }

  static ExitCode of(ErrorCode code) {
    return switch (code) {
      case BAD_SPEC, UNKNOWN_PARENT, ID_IN_USE, STATEMENT_REFUSED -> USAGE;
      case PARENT_ACCESS_DENIED, PERMISSION_DENIED, DECISION_REFUSED -> PERMISSION;
      case PARENT_UNREACHABLE, CONNECTION_LOST, LEDGER_UNREACHABLE, JUDGE_UNREACHABLE ->
          UNREACHABLE;
      case NOT_FOUND -> NOT_FOUND;
      case CONFLICT,
          MERGE_REFUSED,
          PARENT_BUSY,
          PARENT_TAKEN,
          QUEUED,
          SOURCE_OUTDATED,
          LOCK_TIMEOUT,
          SESSION_REFUSED,
          REVERT_REFUSED ->
          CONFLICT;
      case CANCELLED -> DROPPED;
      case PARENT_UNSUITABLE,
          SQL_ERROR,
          CHECK_FAILED,
          LIMIT_EXCEEDED,
          NOT_CARRIED,
          BRANCH_GONE,
          INTERNAL ->
          UNEXPECTED;
    };
  }
}
