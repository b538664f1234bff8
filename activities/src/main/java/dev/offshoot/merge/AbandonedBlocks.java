package dev.offshoot.merge;

import dev.offshoot.branch.Parents.Parent;
import dev.offshoot.branch.SessionGuard;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.TableName;
import dev.offshoot.sql.SequenceBlock;
import dev.offshoot.sql.SequenceBlocks;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives back what was reserved on the parent for a branch that nobody owns any more. How far its
 * experiment came is not known, so it is asked, under the lock of merges, whether the parent has a
 * receipt of it: what was merged may have used the values. Whatever stands in the way leaves a gap.
 */
public final class AbandonedBlocks {
  private static final Logger LOG = LoggerFactory.getLogger(AbandonedBlocks.class);

  private AbandonedBlocks() {}

  /** To be called while the branch still stands, as it knows its blocks. */
  public static void giveBack(Parent parent, BranchRef ref) {
    try {
      List<SequenceBlock> blocks = parent.provider().sequenceBlocks(ref);
      if (!blocks.isEmpty()) {
        giveBack(parent, ref, blocks);
      }
    } catch (OffshootException e) {
      LOG.info("branch {}: its reserved values stay a gap: {}", ref.branchName(), e.code());
    } catch (SQLException e) {
      LOG.info(
          "branch {}: its reserved values stay a gap (SQLSTATE {})",
          ref.branchName(),
          e.getSQLState());
    }
  }

  private static void giveBack(Parent parent, BranchRef ref, List<SequenceBlock> blocks)
      throws SQLException {
    try (Connection connection = parent.provider().openParent()) {
      ParentSession session =
          new ParentSession(connection, SessionGuard.NONE, Progress.NONE, parent.config());
      session.begin();
      Receipts receipts = new Receipts(session);
      receipts.lockParent();
      if (receipts.of(ref.experimentId()).isEmpty()) {
        for (Map.Entry<TableName, SequenceBlock> each :
            SequenceBlocks.byName(connection, blocks).entrySet()) {
          SequenceBlock block = each.getValue();
          SequenceBlocks.giveBack(connection, each.getKey(), block, block.before(), block.called());
        }
      }
      session.commit();
    }
  }
}
