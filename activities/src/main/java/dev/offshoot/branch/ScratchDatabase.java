package dev.offshoot.branch;

import dev.offshoot.domain.BranchRef;
import dev.offshoot.sql.SessionSettings;
import dev.offshoot.sql.SqlErrors;
import java.sql.Connection;
import java.sql.SQLException;

/** A throw-away copy of the parent as a database beside it. */
final class ScratchDatabase implements Scratch.Copy {
  private final ParentConfig parent;
  private final BranchRef ref;
  private final ScratchCopies copies;
  private final Connection maintenance;

  ScratchDatabase(
      ParentConfig parent, BranchRef ref, ScratchCopies copies, Connection maintenance) {
    this.parent = parent;
    this.ref = ref;
    this.copies = copies;
    this.maintenance = maintenance;
  }

  @Override
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
