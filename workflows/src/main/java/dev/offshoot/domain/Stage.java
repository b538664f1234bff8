package dev.offshoot.domain;

/** Where an experiment stands on its path. */
public enum Stage {
  /** There is no room for another branch of the parent, or of the tenant's; it waits its turn. */
  QUEUED,
  /** The branch and its frozen base are being made. */
  BRANCHING,
  /** The agent sends its statements one after the other. */
  IN_SESSION,
  /** The statements run on the branch. */
  EXPERIMENTING,
  /** The change set is being read and frozen. */
  DIFFING,
  /** Policy and judge look at the change set. */
  JUDGING,
  /** A person is asked. */
  AWAITING_DECISION,
  /** The change set is being applied to the parent; nothing turns back from here. */
  MERGING,
  /** The branch is being deleted. */
  DROPPING,
  /** The experiment has ended; see its {@link Outcome}. */
  CLOSED
}
