package dev.offshoot.merge;

import dev.offshoot.branch.Parents.Parent;
import dev.offshoot.branch.SessionGuard;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.Reverted;
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
 * @param reverted by what it was reverted; absent if it was not
 * @param newer receipts of later merges, newest first
 * @param now the parent's clock
 */
public record PastMerges(
    @Nullable MergeReceipt merge,
    @Nullable Reverted reverted,
    List<MergeReceipt> newer,
    Instant now) {

  /** Reads them in a session that is closed again at once. */
  public static PastMerges read(Parent parent, Progress progress, ExperimentId experiment) {
    return asked(parent, progress, session -> read(new Receipts(session), session, experiment));
  }

  /** The receipt of one merge; empty if it did not take place. */
  public static Optional<MergeReceipt> mergeOf(
      Parent parent, Progress progress, ExperimentId experiment) {
    return asked(parent, progress, session -> new Receipts(session).of(experiment));
  }

  /** By what the merge of {@code experiment} was reverted; empty if it was not. */
  public static Optional<Reverted> revertOf(
      Parent parent, Progress progress, ExperimentId experiment) {
    return asked(
        parent,
        progress,
        session -> {
          Receipts receipts = new Receipts(session);
          return receipts.of(experiment).isEmpty()
              ? Optional.empty()
              : receipts.revertOf(experiment);
        });
  }

  @FunctionalInterface
  private interface Question<T> {
    T ask(ParentSession session) throws SQLException;
  }

  private static <T> T asked(Parent parent, Progress progress, Question<T> question) {
    String name = parent.config().name();
    try (Connection connection = parent.provider().openParent()) {
      ParentSession session =
          new ParentSession(connection, SessionGuard.NONE, progress, parent.config());
      session.begin();
      try {
        return question.ask(session);
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
