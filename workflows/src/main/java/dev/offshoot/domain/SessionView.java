package dev.offshoot.domain;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a session now; the answer of its {@code session} query.
 *
 * @param experiment whose it is
 * @param runs every run so far without results, newest first, the oldest left out where many
 * @param applied how many statements are applied
 * @param statementsLeft how many more it takes
 * @param savepoints names of those that stand, oldest first
 * @param idleUntil when it ends if nothing is sent
 * @param ended how it ended; absent while it goes on
 */
public record SessionView(
    ExperimentId experiment,
    List<Line> runs,
    int applied,
    int statementsLeft,
    List<String> savepoints,
    Instant idleUntil,
    SessionEnd.@Nullable Kind ended) {

  /**
   * @param run its number
   * @param sql the beginning of what was sent
   * @param fate what became of it
   * @param millis how long it took
   */
  public record Line(int run, String sql, SessionRun.Fate fate, long millis) {}
}
