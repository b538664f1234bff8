package dev.offshoot.merge;

import dev.offshoot.domain.Conflict;
import dev.offshoot.domain.SequenceAdvance;
import dev.offshoot.domain.TableName;
import dev.offshoot.sql.Identifiers;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;

/**
 * Brings sequences to where the experiment left them, unless the parent's users are further
 * already; never backward.
 *
 * <p>Stating a sequence's increment anew takes its lock, so that nobody draws a value between
 * looking and setting, and gives it storage of its own, so that the setting is undone with the
 * transaction. Whoever draws a value waits until the commit, so this comes last.
 */
final class SequenceCatchUp {
  private static final String FIND =
      """
      SELECT s.seqincrement
      FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid
      JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = ? AND c.relname = ?
      """;

  private SequenceCatchUp() {}

  /** Conflicts for sequences that the parent does not have any more; the others are set. */
  static void run(ParentSession session, List<SequenceAdvance> advances, Conflicts conflicts)
      throws SQLException {
    // 0 says that the branch's sequence was never used: nothing to catch up with.
    List<SequenceAdvance> ordered =
        advances.stream()
            .filter(advance -> advance.branchValue() != 0)
            .sorted(Comparator.comparing(SequenceAdvance::sequence))
            .toList();
    for (SequenceAdvance advance : ordered) {
      TableName name = advance.sequence();
      List<Long> increment =
          session.list(FIND, row -> row.getLong("seqincrement"), name.schema(), name.name());
      if (increment.isEmpty()) {
        conflicts.add(
            Conflicts.of(
                Conflict.Kind.SCHEMA_CHANGED, name, "the parent has no such sequence any more"));
      } else {
        catchUp(session, Identifiers.quote(name), increment.get(0), advance.branchValue());
      }
    }
  }

  private static void catchUp(ParentSession session, String sequence, long increment, long value)
      throws SQLException {
    session.lock("ALTER SEQUENCE %s INCREMENT BY %d".formatted(sequence, increment));
    record Stand(long value, boolean used) {}
    Stand stand =
        session.only(
            "SELECT last_value, is_called FROM " + sequence,
            row -> new Stand(row.getLong("last_value"), row.getBoolean("is_called")));
    boolean isBehind = increment > 0 ? stand.value() < value : stand.value() > value;
    if (isBehind || (stand.value() == value && !stand.used())) {
      session.only("SELECT setval(?::regclass, ?, true)", row -> row.getLong(1), sequence, value);
    }
  }
}
