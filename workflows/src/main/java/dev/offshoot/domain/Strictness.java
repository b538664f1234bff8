package dev.offshoot.domain;

/** What counts as a collision when parent and branch changed the same row. */
public enum Strictness {
  /** Any change of the row on the parent since the branch point is a conflict (the default). */
  ROW,
  /** Only a change of the same column is. */
  CELL
}
