package dev.offshoot.branch;

import dev.offshoot.domain.BranchRef;
import dev.offshoot.sql.SessionSettings;
import dev.offshoot.sql.SqlErrors;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * A throw-away copy of today's parent, to rehearse a merge on before the parent is touched; or the
 * reason why there is none. Closing it deletes it.
 */
public sealed interface Scratch extends AutoCloseable {

  @Override
  void close();

  /**
   * @param why in words to go after "the parent is not copied:"
   */
  record None(String why) implements Scratch {
    @Override
    public void close() {}
  }

  /** A copy that stands until it is closed. */
  final class Copy implements Scratch {
    private final ParentConfig parent;
    private final BranchRef ref;
    private final ScratchCopies copies;
    private final Connection maintenance;

    Copy(ParentConfig parent, BranchRef ref, ScratchCopies copies, Connection maintenance) {
      this.parent = parent;
      this.ref = ref;
      this.copies = copies;
      this.maintenance = maintenance;
    }

    /** A session on it as on the parent, which the caller closes first. */
    public Connection open() {
      try {
        return SessionSettings.open(
            parent.url(), parent.username(), parent.password(), ScratchCopies.name(ref));
      } catch (SQLException e) {
        throw SqlErrors.connecting(parent.place(), e);
      }
    }

    /** What cannot be deleted now is deleted by the next worker that looks. */
    @Override
    public void close() {
      copies.delete(maintenance, ref);
    }
  }
}
