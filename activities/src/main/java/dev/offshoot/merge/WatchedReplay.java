package dev.offshoot.merge;

import dev.offshoot.domain.Conflict;
import dev.offshoot.ledger.ChangeSet;
import dev.offshoot.ledger.ReplayStatement.Phase;
import dev.offshoot.sql.DroppedContents;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The schema script, with a look before and after it at the rows that it drops, converts, rewrites
 * or fills: no count of written rows tells these.
 */
final class WatchedReplay {
  private final ParentSession session;
  private final ChangeSet changeSet;
  private final TablesBefore before;
  private final SchemaReplay schema;
  private final List<DroppedContents> dropped = new ArrayList<>();

  WatchedReplay(
      ParentSession session, ChangeSet changeSet, TablesBefore before, SchemaReplay schema) {
    this.session = session;
    this.changeSet = changeSet;
    this.before = before;
    this.schema = schema;
    this.dropped.addAll(changeSet.dropped());
  }

  /** What the change set drops, converts or rewrites, with what the parent holds there now. */
  List<DroppedContents> dropped() {
    return List.copyOf(dropped);
  }

  /**
   * Runs what comes before the rows; not where the schema collides already.
   *
   * @return whether the schema is now as the rows need it
   * @throws dev.offshoot.domain.OffshootException {@code MERGE_REFUSED} if it does to rows what
   *     nobody reviewed
   */
  boolean beforeRows(Conflicts conflicts) throws SQLException {
    DroppedOnParent look = look(false);
    schema.moved().forEach(conflicts::add);
    if (!conflicts.any()) {
      schema.run(Phase.BEFORE_ROWS).ifPresent(conflicts::add);
    }
    boolean stands = !conflicts.any();
    if (stands) {
      compare(look, false);
    }
    tell(look, false, conflicts);
    return stands;
  }

  /**
   * Runs what comes after them.
   *
   * @throws dev.offshoot.domain.OffshootException {@code MERGE_REFUSED} as before the rows
   */
  void afterRows(Conflicts conflicts) throws SQLException {
    DroppedOnParent look = look(true);
    Optional<Conflict> refused = schema.run(Phase.AFTER_ROWS);
    refused.ifPresent(conflicts::add);
    if (refused.isEmpty()) {
      compare(look, true);
      tell(look, true, conflicts);
    }
  }

  private DroppedOnParent look(boolean late) throws SQLException {
    return DroppedOnParent.look(
        session, changeSet.dropped().stream().filter(each -> each.late() == late).toList());
  }

  private void compare(DroppedOnParent look, boolean late) throws SQLException {
    look.lookAtConverted();
    FilledColumns.verify(
        session, before, changeSet.filled().stream().filter(each -> each.late() == late).toList());
  }

  private void tell(DroppedOnParent look, boolean late, Conflicts conflicts) {
    look.tell(conflicts);
    dropped.removeIf(each -> each.late() == late);
    dropped.addAll(look.now());
  }
}
