package dev.offshoot.domain;

/** Why the connections of an agent must end. */
public enum ConnectionEnd {
  /** There was none, or none did anything, for the session's idle time. */
  IDLE,
  /** The branch has outgrown its limit. */
  OUTGROWN,
  /** One held so many locks that soon nobody else on the server would get one. */
  TOO_MANY_LOCKS
}
