package dev.offshoot.branch;

import dev.offshoot.sql.SequenceBlock;
import dev.offshoot.sql.SequenceBlocks;
import dev.offshoot.sql.SessionSettings;
import dev.offshoot.sql.Sql;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives a branch values of the parent's sequences that nobody else hands out. It is a convenience:
 * where the parent does not answer, a branch does without, and a conflict is then possible.
 */
final class SequenceReservation {
  private static final Logger LOG = LoggerFactory.getLogger(SequenceReservation.class);

  /** Most parents have some; where there are none, nobody need log into the parent. */
  private static final String HAS_ANY = "SELECT EXISTS (SELECT FROM pg_catalog.pg_sequence)";

  private final ParentConfig parent;

  /**
   * @param parent the real parent, whose sequences they are
   */
  SequenceReservation(ParentConfig parent) {
    this.parent = parent;
  }

  /**
   * Reserves blocks and lets the base begin with them. To be called once the base is copied, as a
   * session on the parent would keep it from being copied, and before it is handed over.
   *
   * @param base a session of the owner's on it, whose search path this changes
   */
  List<SequenceBlock> into(Connection base, Progress progress) throws SQLException {
    if (parent.sequenceBlock() == 0 || !Sql.only(base, HAS_ANY, row -> row.getBoolean(1))) {
      return List.of();
    }
    progress.report("branch: reserving values of the parent's sequences");
    List<SequenceBlock> blocks = reserve();
    SequenceBlocks.begin(base, blocks);
    return blocks;
  }

  private List<SequenceBlock> reserve() {
    String database = SessionSettings.databaseOf(parent.url(), parent.username());
    try (Connection session =
        SessionSettings.open(parent.url(), parent.username(), parent.password(), database)) {
      return SequenceBlocks.reserve(session, parent.sequenceBlock());
    } catch (SQLException e) {
      LOG.info(
          "parent {}: no values of its sequences are reserved (SQLSTATE {})",
          parent.name(),
          e.getSQLState());
      return List.of();
    }
  }
}
