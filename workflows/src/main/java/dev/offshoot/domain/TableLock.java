package dev.offshoot.domain;

/**
 * A lock that the schema script took on a table of the branch point when it was rehearsed, and that
 * a merge holds until it commits.
 *
 * @param table which, by its name in the branch
 * @param mode the strongest one, as Postgres names it: {@code ACCESS EXCLUSIVE}, {@code SHARE} ...
 * @param bytes the table's size on disk, without indexes
 */
public record TableLock(TableName table, String mode, long bytes) {}
