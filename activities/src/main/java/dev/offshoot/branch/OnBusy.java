package dev.offshoot.branch;

/**
 * What happens to a database that sessions are connected to when a branch is to be copied of it.
 */
public enum OnBusy {
  /** Nothing: the branch is refused, and whoever asked for it is told who is connected. */
  REFUSE,
  /** Everybody is shut out and their sessions ended for the time of the copy. */
  FENCE
}
