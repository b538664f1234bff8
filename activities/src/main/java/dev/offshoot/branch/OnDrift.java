package dev.offshoot.branch;

/** What happens when the parent's schema has changed since its source copy was made. */
public enum OnDrift {
  /** No branch is made until the copy has been refreshed. */
  REFUSE,
  /** Branches are made and the reviewer is told; what collides is a conflict of the merge. */
  ALLOW
}
