package dev.offshoot.domain;

import org.jspecify.annotations.Nullable;

/**
 * How many conflicts there are of one kind in one table.
 *
 * @param kind what collides
 * @param table where; absent for what is no table's
 * @param count how many
 */
public record ConflictCount(Conflict.Kind kind, @Nullable TableName table, long count) {}
