package dev.offshoot.domain;

/** How the statements of an experiment are bound together on its branch. */
public enum TransactionMode {
  /** All statements in one transaction: the first failure undoes everything (the default). */
  SINGLE,
  /**
   * Each statement in a transaction of its own; for scripts that must see their own commits (a new
   * enum value).
   */
  PER_STATEMENT
}
