package dev.offshoot.domain;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a session ended, and what is handed in.
 *
 * @param kind how
 * @param by who ended it
 * @param reason why, in their words
 * @param statements those that are applied, in order
 * @param report what they did
 * @param runs how many runs were sent, whatever became of them
 * @param sent what was sent, in order, with what became of it
 * @param failure why it broke, if it did
 */
public record SessionEnd(
    Kind kind,
    @Nullable String by,
    @Nullable String reason,
    List<String> statements,
    ExperimentReport report,
    int runs,
    List<SentRun> sent,
    @Nullable Failure failure) {

  /** Sessions that ended before all of it was told tell nothing of it. */
  public SessionEnd(
      Kind kind,
      @Nullable String by,
      @Nullable String reason,
      List<String> statements,
      ExperimentReport report,
      int runs,
      @Nullable List<SentRun> sent,
      @Nullable Failure failure) {
    this.kind = kind;
    this.by = by;
    this.reason = reason;
    this.statements = statements;
    this.report = report;
    this.runs = runs;
    this.sent = sent == null ? List.of() : List.copyOf(sent);
    this.failure = failure;
  }

  /** How a session ends by itself or by its agent. */
  public enum Kind {
    SUBMITTED,
    DISCARDED,
    /** Nobody sent anything for too long. */
    IDLE,
    /** The experiment was ended from outside. */
    CANCELLED,
    /** Nobody knows any more how the branch stands. */
    BROKEN
  }
}
