package dev.offshoot.merge;

import dev.offshoot.domain.Conflict;
import dev.offshoot.domain.SequenceAdvance;
import dev.offshoot.domain.TableName;
import dev.offshoot.ledger.ChangeSet;
import dev.offshoot.sql.Identifiers;
import dev.offshoot.sql.SequenceBlock;
import dev.offshoot.sql.SequenceBlocks;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Brings sequences to where the experiment left them, unless the parent's users are further
 * already; never backward. The rest of a block that was reserved for the experiment goes back if
 * nobody has drawn a value beyond it.
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
  static void run(ParentSession session, ChangeSet changeSet, Conflicts conflicts)
      throws SQLException {
    Map<TableName, SequenceBlock> blocks =
        SequenceBlocks.byName(session.connection(), changeSet.blocks());
    Map<TableName, Long> drawn = new HashMap<>();
    // 0 says that the branch's sequence was never used: nothing to catch up with.
    List<SequenceAdvance> ordered =
        changeSet.sequences().stream()
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
        drawn.put(name, advance.branchValue());
        @Nullable SequenceBlock block = blocks.get(name);
        boolean isWithinBlock = block != null && block.holds(advance.branchValue());
        catchUp(session, name, increment.get(0), advance.branchValue(), isWithinBlock);
      }
    }
    giveBack(session, blocks, drawn);
  }

  /**
   * Whoever drew values beyond a block takes the lock in any case: it gives the sequence another
   * storage, so that nobody sets it back to before them.
   */
  private static void catchUp(
      ParentSession session, TableName name, long increment, long value, boolean isWithinBlock)
      throws SQLException {
    String sequence = Identifiers.quote(name);
    if (isWithinBlock && !Stand.of(session, sequence).isBehind(value, increment)) {
      return;
    }
    session.lock("ALTER SEQUENCE %s INCREMENT BY %d".formatted(sequence, increment));
    if (Stand.of(session, sequence).isBehind(value, increment)) {
      session.only("SELECT setval(?::regclass, ?, true)", row -> row.getLong(1), sequence, value);
    }
  }

  /** Last, because it is tried with short waits for locks. */
  private static void giveBack(
      ParentSession session, Map<TableName, SequenceBlock> blocks, Map<TableName, Long> drawn)
      throws SQLException {
    for (Map.Entry<TableName, SequenceBlock> each : blocks.entrySet()) {
      SequenceBlock block = each.getValue();
      @Nullable Long value = drawn.get(each.getKey());
      if (value == null) {
        SequenceBlocks.giveBack(
            session.connection(), each.getKey(), block, block.before(), block.called());
      } else if (block.holds(value)) {
        SequenceBlocks.giveBack(session.connection(), each.getKey(), block, value, true);
      }
    }
  }

  private record Stand(long value, boolean used) {
    static Stand of(ParentSession session, String sequence) throws SQLException {
      return session.only(
          "SELECT last_value, is_called FROM " + sequence,
          row -> new Stand(row.getLong("last_value"), row.getBoolean("is_called")));
    }

    boolean isBehind(long other, long increment) {
      boolean isBefore = increment > 0 ? value < other : value > other;
      return isBefore || (value == other && !used);
    }
  }
}
