package dev.offshoot.domain;

import org.jspecify.annotations.Nullable;

/**
 * Input of a session's {@code run} update.
 *
 * @param sql one or more statements, separated by semicolons; they run in one transaction of their
 *     own
 * @param rows first rows of each result that are wanted; as many as the specification's limits say
 *     if absent
 * @param by who sends it; if given, it must be who asked for the experiment
 * @param requestId anything that tells this request from the one before, so that sending it again
 *     when its answer was lost does not run it again
 */
public record RunRequest(
    @Nullable String sql, @Nullable Integer rows, @Nullable String by, @Nullable String requestId) {

  public static RunRequest of(String sql) {
    return new RunRequest(sql, null, null, null);
  }
}
