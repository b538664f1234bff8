package dev.offshoot.domain;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a merge did on the parent; also the receipt that the parent keeps.
 *
 * @param digest the change set
 * @param inserted rows inserted
 * @param updated rows updated
 * @param deleted rows deleted
 * @param converged rows that already stood as reviewed
 * @param schemaStatements statements replayed
 * @param mergedAt time of the merge transaction on the parent's clock
 * @param millis how long the transaction took
 * @param longestLockWaitMillis how long the merge waited for one lock at the longest, to within 50
 *     ms; at most so long, with the writing in it, if {@code longestWaitForMergeMillis} is absent
 * @param proofs sampled rows as they stood on the parent before and after, read in the transaction
 * @param rehearsed where the schema script was rehearsed before; absent if there is none
 * @param longestWaitForMergeMillis how long another session of the parent waited for a lock because
 *     of the merge at the longest, up to the commit and to within 50 ms; absent if nobody could
 *     look
 */
public record MergeReport(
    String digest,
    long inserted,
    long updated,
    long deleted,
    long converged,
    int schemaStatements,
    Instant mergedAt,
    long millis,
    long longestLockWaitMillis,
    List<TableProof> proofs,
    @Nullable String rehearsed,
    @Nullable Long longestWaitForMergeMillis) {

  /** The same with where its schema script was rehearsed. */
  public MergeReport rehearsed(@Nullable String where) {
    return new MergeReport(
        digest,
        inserted,
        updated,
        deleted,
        converged,
        schemaStatements,
        mergedAt,
        millis,
        longestLockWaitMillis,
        proofs,
        where,
        longestWaitForMergeMillis);
  }
}
