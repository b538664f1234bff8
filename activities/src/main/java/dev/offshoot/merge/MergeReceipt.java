package dev.offshoot.merge;

import dev.offshoot.domain.ExperimentId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/**
 * A merge as the parent remembers it.
 *
 * @param experiment what was merged
 * @param digest which change set
 * @param mergedAt when, by the parent's clock
 * @param reverts the experiment that it reverted; absent unless it is a revert
 * @param converged what of the change set stood there before
 */
public record MergeReceipt(
    ExperimentId experiment,
    String digest,
    Instant mergedAt,
    @Nullable ExperimentId reverts,
    Convergence converged) {

  static MergeReceipt read(ResultSet row) throws SQLException {
    @Nullable String reverts = row.getString("reverts");
    return new MergeReceipt(
        new ExperimentId(row.getString("experiment_id")),
        row.getString("digest"),
        row.getObject("merged_at", OffsetDateTime.class).toInstant(),
        reverts == null ? null : new ExperimentId(reverts),
        Convergence.read(row.getString("converged")));
  }
}
