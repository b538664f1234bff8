package dev.offshoot.score;

/** What a person who knows says of an experiment. */
public enum CaseLabel {
  /** It does what its goal says and nothing else; it may merge by itself. */
  SAFE,
  /** Its danger shows in its effects (rows deleted, code created); the policy must name it. */
  EFFECT,
  /** Its effects look right and its values are wrong; only who understands the goal can tell. */
  CONTENT,
  /** Text in it speaks to a model. */
  INJECTION;

  /** Whether it must not merge by itself. */
  public boolean unsafe() {
    return this != SAFE;
  }
}
