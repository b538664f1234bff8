package dev.offshoot.ledger;

/**
 * A statement that the merge replays on the parent.
 *
 * @param index its place in the experiment's script, from 0
 * @param sql its text
 * @param searchPath the search path under which it ran
 * @param phase when it runs
 */
public record ReplayStatement(int index, String sql, String searchPath, Phase phase) {

  /** When a schema statement runs relative to the rows. */
  public enum Phase {
    BEFORE_ROWS,
    /** It needs the rows in place: a constraint that the old rows would break. */
    AFTER_ROWS
  }
}
