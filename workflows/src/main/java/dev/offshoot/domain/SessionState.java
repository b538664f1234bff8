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
 * @param verifier with which the agent may connect now; absent if it may not
 * @param connected whether it ever might
 * @param atStart where to look for what was applied when the branch's database was made, by an undo
 */
public record SessionState(
    List<SessionRun> runs,
    Touched touched,
    List<Savepoint> savepoints,
    int savepointsTaken,
    @Nullable String lastRequestId,
    @Nullable RunAnswer lastAnswer,
    @Nullable String verifier,
    boolean connected,
    Touched atStart) {

  public static final SessionState BEGINNING =
      new SessionState(
          List.of(), Touched.NOTHING, List.of(), 0, null, null, null, false, Touched.NOTHING);

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
