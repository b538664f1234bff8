package dev.offshoot.domain;

/** How much a hazard weighs; the parent's configuration may set another for each hazard. */
public enum Severity {
  /** Shown, and a person decides: it keeps an experiment from merging by itself. */
  NOTICE,
  /** Merged only by an approval that names it. */
  NEEDS_NAME,
  /** Never merged. */
  FORBIDDEN
}
