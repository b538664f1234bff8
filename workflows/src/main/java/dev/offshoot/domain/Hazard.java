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
  DISABLES_OBJECT(
      Severity.NEEDS_NAME, "a trigger, rule, index or constraint stays but no longer works"),
  CHANGES_TYPE(Severity.NEEDS_NAME, "a column gets another type that holds all it held"),
  NARROWS_TYPE(Severity.NEEDS_NAME, "a column gets a type that may not hold all it held"),
  CHANGES_VALUES(
      Severity.NEEDS_NAME, "a default, generated expression or enum label means something else"),
  CHANGES_DEFINITION(Severity.NOTICE, "a view, constraint or other definition is changed"),
  RENAMES_OBJECT(Severity.NEEDS_NAME, "an object gets another name"),
  MOVES_SEQUENCE(Severity.NOTICE, "a sequence moves in a way that inserted rows do not explain"),
  CHANGES_PARTITIONS(
      Severity.NEEDS_NAME, "a partition is attached to a table that stood, or detached from one"),
  MAKES_UNLOGGED(Severity.NEEDS_NAME, "rows of a table would not survive a crash"),
  REWRITES_TABLE(Severity.NEEDS_NAME, "a table is rewritten under an exclusive lock"),
  LOCKS_LARGE_TABLE(
      Severity.NEEDS_NAME, "a large table is locked for others until the merge commits"),
  CREATES_CODE(Severity.NEEDS_NAME, "code that runs on the parent is created or changed"),
  CHANGES_PRIVILEGES(
      Severity.NEEDS_NAME, "privileges, security labels or row-security policies are changed"),
  CHANGES_SETTINGS(Severity.NOTICE, "settings of a table, column, index or function are changed"),
  CHANGES_REPLICATION(
      Severity.NEEDS_NAME, "a publication, subscription or replica identity is changed"),
  REACHES_OUTSIDE(
      Severity.NEEDS_NAME,
      "a foreign server, user mapping or foreign table is created or changed, or code that may write elsewhere"),
  WRITES_SENSITIVE(
      Severity.NEEDS_NAME, "a table or column that the parent calls sensitive is written"),
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
