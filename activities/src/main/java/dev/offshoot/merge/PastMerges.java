package dev.offshoot.merge;

import dev.offshoot.branch.Parents.Parent;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.sql.Place;
import dev.offshoot.sql.SqlErrors;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the parent's receipts tell about one merge.
 *
 * @param merge its receipt; absent if it did not take place
 * @param revertedBy the experiment that reverted it
 * @param newer receipts of later merges, newest first
 * @param now the parent's clock
 */
public record PastMerges(
    @Nullable MergeReceipt merge,
    @Nullable ExperimentId revertedBy,
    List<MergeReceipt> newer,
    Instant now) {

  /** Reads them in a session that is closed again at once. */
  public static PastMerges read(Parent parent, Progress progress, ExperimentId experiment) {
    String name = parent.config().name();
    try (Connection connection = parent.provider().openParent()) {
      ParentSession session =
          new ParentSession(connection, progress, name, parent.config().lockTimeout());
      session.begin();
      try {
        return read(new Receipts(session), session, experiment);
      } finally {
        session.rollback();
      }
    } catch (SQLException e) {
      throw SqlErrors.working(Place.parent(name), "reading its receipts of merges", e);
    }
  }

  private static PastMerges read(Receipts receipts, ParentSession session, ExperimentId experiment)
      throws SQLException {
    Instant now =
        session.only(
            "SELECT transaction_timestamp()",
            row -> row.getObject(1, OffsetDateTime.class).toInstant());
    Optional<MergeReceipt> merge = receipts.of(experiment);
    if (merge.isEmpty()) {
      return new PastMerges(null, null, List.of(), now);
    }
    return new PastMerges(
        merge.get(), receipts.revertOf(experiment).orElse(null), receipts.after(merge.get()), now);
  }
}
