package dev.offshoot.domain;

/** What happens when a merge finds conflicts; nothing has been written to the parent by then. */
public enum OnConflict {
  /** End as {@link Outcome#CONFLICTED} and drop the branch (the default). */
  DROP,
  /** Show the conflicts and wait for another decision until the deadline. */
  ASK,
  /**
   * Run the same statements on a new branch of today's parent, a bounded number of times; ask again
   * only if the new change set has another digest.
   */
  REBASE
}
