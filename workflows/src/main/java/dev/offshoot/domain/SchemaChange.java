package dev.offshoot.domain;

import org.jspecify.annotations.Nullable;

/**
 * One object whose definition differs between base and branch.
 *
 * @param kind what happened
 * @param objectType {@code table}, {@code column}, {@code index} ... as the catalog fingerprint
 *     names it
 * @param identity the object's quoted, qualified identity
 * @param before its definition in the base; absent if it is new
 * @param after its definition in the branch; absent if it is gone
 */
public record SchemaChange(
    Kind kind,
    String objectType,
    String identity,
    @Nullable String before,
    @Nullable String after) {

  /** What happened to an object. */
  public enum Kind {
    CREATED,
    ALTERED,
    DROPPED
  }
}
