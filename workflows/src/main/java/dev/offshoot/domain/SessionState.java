package dev.offshoot.domain;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that a session knows of itself, as it hands it on when its history has become long.
 *
 * @param runs every run so far, in order
 * @param touched where to look for what is applied now
 * @param savepoints that stand, oldest first
 * @param savepointsTaken how many were ever taken; tells their copies apart
 * @param lastRequestId of the latest run that named one
 * @param lastAnswer to that run
 */
public record SessionState(
    List<SessionRun> runs,
    Touched touched,
    List<Savepoint> savepoints,
    int savepointsTaken,
    @Nullable String lastRequestId,
    @Nullable RunAnswer lastAnswer) {

  public static final SessionState BEGINNING =
      new SessionState(List.of(), Touched.NOTHING, List.of(), 0, null, null);

  /**
   * A state of the branch that can be returned to.
   *
   * @param name by which the agent knows it
   * @param number by which its copy is known
   * @param afterRun the run after which it was taken; 0 for the beginning
   * @param touched where to look for what was applied by then
   */
  public record Savepoint(String name, int number, int afterRun, Touched touched) {}
}
