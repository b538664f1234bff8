package dev.offshoot.domain;

/**
 * A sequence that stands elsewhere in the branch than in the base.
 *
 * @param sequence its name
 * @param baseValue last value in the base; 0 if it was never used there
 * @param branchValue last value in the branch
 */
public record SequenceAdvance(TableName sequence, long baseValue, long branchValue) {}
