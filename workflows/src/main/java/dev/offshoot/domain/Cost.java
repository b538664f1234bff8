package dev.offshoot.domain;

import org.jspecify.annotations.Nullable;

/**
 * What an experiment has used up.
 *
 * @param actions Temporal actions, by which Temporal Cloud is paid, as far as histories show them:
 *     starts, steps and their further tries, timers, messages, updates of search attributes. Not
 *     among them are heartbeats and questions. Absent where nobody has counted
 * @param judgeTokens tokens that the LLM judge has read and written
 * @param branchMillis how long its branches have stood, together
 * @param branchBytes size of the data of which they were made, together
 */
public record Cost(@Nullable Long actions, long judgeTokens, long branchMillis, long branchBytes) {

  /** The same with what was counted. */
  public Cost withActions(long counted) {
    return new Cost(counted, judgeTokens, branchMillis, branchBytes);
  }
}
