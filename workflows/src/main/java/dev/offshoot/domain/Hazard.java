package dev.offshoot.domain;

/**
 * The closed list of named dangers, raised from observed effects and never from what SQL looks
 * like.
 */
public enum Hazard {
  DELETES_ROWS(Severity.NOTICE, "rows are deleted"),
  UPDATES_MANY_ROWS(Severity.NOTICE, "a large share of a table is updated"),
  EMPTIES_TABLE(Severity.NEEDS_NAME, "a table loses all its rows"),
  WRITES_OVER_LIMIT(Severity.NEEDS_NAME, "more rows are written than the limit allows"),
  DROPS_TABLE(Severity.NEEDS_NAME, "a table is dropped"),
  DROPS_COLUMN(Severity.NEEDS_NAME, "a column is dropped"),
  DROPS_OBJECT(
      Severity.NEEDS_NAME, "an index, constraint, trigger, type or other object is dropped"),
  CHANGES_TYPE(Severity.NEEDS_NAME, "a column gets another type"),
  CHANGES_DEFINITION(Severity.NOTICE, "a default, view, function or other definition is changed"),
  RENAMES_OBJECT(Severity.NEEDS_NAME, "an object gets another name"),
  REWRITES_TABLE(Severity.NEEDS_NAME, "a table is rewritten under an exclusive lock"),
  CREATES_CODE(Severity.NEEDS_NAME, "code that runs on the parent is created or changed"),
  CHANGES_PRIVILEGES(Severity.NEEDS_NAME, "privileges or row-security policies are changed"),
  CHECK_CALLS_FUNCTION(Severity.NEEDS_NAME, "a check calls functions that would run on the parent"),
  NOT_REVERTIBLE(Severity.NOTICE, "the change cannot be reverted by Offshoot"),
  SUSPECT_INSTRUCTION(Severity.NEEDS_NAME, "text speaks to a model or hides characters"),
  UNCLASSIFIED(Severity.NEEDS_NAME, "a change that no rule places");

  private final Severity severity;
  private final String meaning;

  Hazard(Severity severity, String meaning) {
    this.severity = severity;
    this.meaning = meaning;
  }

  /** How much it weighs unless the parent's configuration says otherwise. */
  public Severity defaultSeverity() {
    return severity;
  }

  /** What it means, for people. */
  public String meaning() {
    return meaning;
  }
}
