package dev.offshoot.merge;

import dev.offshoot.domain.OffshootException;
import dev.offshoot.sql.Identifiers;
import dev.offshoot.sql.SequenceStands;
import dev.offshoot.sql.SequenceStands.Stand;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * No replayed statement sets a sequence of the parent back: values would be handed out twice.
 * Drawing values is no harm. A rollback does not undo {@code setval}, so what was set back is set
 * forward again after it, for which the guard is asked however the merge ends.
 */
final class SequenceGuard {
  private static final String SET_FORWARD = "SELECT setval(?::regclass, ?, ?)";

  private final ParentSession session;
  private final SequenceStands before;

  private SequenceGuard(ParentSession session, SequenceStands before) {
    this.session = session;
    this.before = before;
  }

  /** Before the first statement is replayed. */
  static SequenceGuard begin(ParentSession session) throws SQLException {
    return new SequenceGuard(session, SequenceStands.read(session.connection()));
  }

  /**
   * After statements were replayed, before the commit.
   *
   * @throws OffshootException {@code MERGE_REFUSED} naming the sequences
   */
  void requireNoneSetBack() throws SQLException {
    List<Stand> behind = SequenceStands.read(session.connection()).behind(before);
    if (!behind.isEmpty()) {
      throw SelfCheck.refused(
          session,
          "a statement of the schema script sets sequence %s back"
              .formatted(
                  behind.stream()
                      .map(stand -> stand.sequence().toString())
                      .sorted()
                      .collect(Collectors.joining(", "))));
    }
  }

  /**
   * After the rollback; leaves what stands in its place.
   *
   * @param by the merge's session, or another where that one was ended
   */
  void mend(ParentSession by) throws SQLException {
    for (Stand stand : SequenceStands.read(by.connection()).behind(before)) {
      by.only(
          SET_FORWARD,
          row -> row.getLong(1),
          Identifiers.quote(stand.sequence()),
          stand.value(),
          stand.called());
    }
    by.commit();
  }
}
