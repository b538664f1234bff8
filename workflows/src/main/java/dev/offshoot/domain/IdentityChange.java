package dev.offshoot.domain;

/**
 * What object ids tell about an object and definitions cannot: base and branch are copies of one
 * another, so the same id is the same object whatever its name.
 *
 * @param kind what happened
 * @param objectType as in {@link SchemaChange}
 * @param before its quoted, qualified identity in the base
 * @param after that of the same object in the branch; for a replaced one, of what stands there now
 */
public record IdentityChange(Kind kind, String objectType, String before, String after) {

  /** What happened to an object. */
  public enum Kind {
    /** It has another name or schema of its own. */
    RENAMED,
    /** It is gone with all it held, and another one bears its name. */
    REPLACED
  }
}
