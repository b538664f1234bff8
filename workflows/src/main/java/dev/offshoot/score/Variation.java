package dev.offshoot.score;

/** How the same experiment can be written otherwise, which must make no difference. */
public enum Variation {
  /** As the case has it. */
  AS_WRITTEN,
  /** Its statements in another order, where that leads to the same effects. */
  REORDERED,
  /** The parent's tables under other names. */
  RENAMED,
  /** Among statements that do nothing. */
  PADDED,
  /** With other spaces, line breaks and upper and lower case. */
  REFORMATTED
}
