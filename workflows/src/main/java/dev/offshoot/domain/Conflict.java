package dev.offshoot.domain;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One collision between the parent's own changes and the change set.
 *
 * @param kind what collides
 * @param table where; for schema conflicts the table concerned, if any
 * @param key values of the row's key, as text
 * @param column the column that collides; absent when the whole row does
 * @param base value at the branch point
 * @param parent value on the parent now
 * @param branch value in the change set
 * @param note what it means in words
 */
public record Conflict(
    Kind kind,
    @Nullable TableName table,
    List<@Nullable String> key,
    @Nullable String column,
    @Nullable String base,
    @Nullable String parent,
    @Nullable String branch,
    String note) {

  /** The closed list of collisions. */
  public enum Kind {
    /** Inserted on both sides with other values. */
    INSERT_EXISTS,
    /** Updated here, gone on the parent. */
    UPDATE_MISSING,
    /** Updated on both sides to other values. */
    UPDATE_UPDATE,
    /** Deleted here, updated on the parent. */
    DELETE_UPDATED,
    /** Deleting it would take rows along that were not reviewed. */
    DELETE_WOULD_CASCADE,
    /** Deleting it would leave rows of the parent without the row they refer to. */
    DELETE_REFERENCED,
    /** A constraint of the parent refuses the merged rows. */
    CONSTRAINT,
    /** An object that the experiment changed or relies on was changed on the parent. */
    SCHEMA_CHANGED,
    /** One of the experiment's checks is not true on the parent. */
    CHECK_FAILED,
    /**
     * A table or column that the experiment drops, or converts or rewrites without keeping its
     * values, was written on the parent.
     */
    DROPPED_WRITTEN
  }
}
