package dev.offshoot.branch;

import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.sql.SequenceBlock;
import dev.offshoot.sql.SequenceBlocks;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives back what was reserved for an experiment that merges nothing, so that it leaves the parent
 * as if it had never been. Whatever stands in the way leaves a gap in a sequence and nothing worse,
 * so that it never keeps an experiment from ending.
 */
public final class ReservedSequences {
  private static final Logger LOG = LoggerFactory.getLogger(ReservedSequences.class);

  private ReservedSequences() {}

  /** Those that the branch still knows of. */
  static void giveBack(BranchProvider provider, BranchRef ref) {
    try {
      giveBack(provider, provider.sequenceBlocks(ref));
    } catch (OffshootException e) {
      LOG.info("branch {}: its reserved values stay a gap: {}", ref.branchName(), e.code());
    }
  }

  public static void giveBack(BranchProvider provider, List<SequenceBlock> blocks) {
    if (blocks.isEmpty()) {
      return;
    }
    try (Connection parent = provider.openParent()) {
      SequenceBlocks.giveBack(parent, blocks);
    } catch (SQLException e) {
      LOG.info("reserved values stay a gap (SQLSTATE {})", e.getSQLState());
    } catch (OffshootException e) {
      LOG.info("reserved values stay a gap: {}", e.code());
    }
  }
}
