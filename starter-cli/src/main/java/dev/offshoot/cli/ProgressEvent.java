package dev.offshoot.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to an experiment while somebody watched; as JSON one line of {@code watch
 * -o jsonl}.
 *
 * @param event what kind of thing
 * @param at when: from the experiment's own timeline where it has it, else when it was seen
 * @param data the domain record that it is about
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ProgressEvent(Kind event, Instant at, @Nullable Object data) {

  /** The closed list of events, in the order of the path. */
  enum Kind {
    /** {@code TimelineEvent}: a stage was entered. */
    STAGE,
    /** {@code TimelineEvent}: something on the way; the same in words as another event's data. */
    NOTE,
    /** {@code BranchInfo}. */
    BRANCH,
    /** {@code StatementResult}, one for each statement. */
    STATEMENT,
    /** The text of a check that returned true. */
    CHECK,
    /** {@code ChangeSummary}. */
    DIFF,
    /** {@code BranchInfo} of the branch that is gone. */
    BRANCH_DROPPED,
    /** {@code HazardFinding}, one for each. */
    HAZARD,
    /** {@code Verdict}. */
    VERDICT,
    /** {@link Waiting}: a person is asked now. */
    AWAITING_DECISION,
    /** {@code Decision}, taken or refused. */
    DECISION,
    /** {@code ConflictReport}. */
    CONFLICTS,
    /** {@link Retry}: a step is being tried again. */
    RETRY,
    /** {@code MergeReport}. */
    MERGE,
    /** {@code ExperimentOutcome}. */
    OUTCOME
  }

  /**
   * @param digest the change set to decide on
   * @param deadline until when
   */
  record Waiting(@Nullable String digest, Instant deadline) {}

  /**
   * @param step the activity
   * @param attempt the next attempt, from 1
   * @param failure why the one before failed
   */
  record Retry(String step, int attempt, String failure) {}
}
