package dev.offshoot.merge;

import dev.offshoot.domain.Conflict;
import dev.offshoot.ledger.ChangeSet;
import dev.offshoot.sql.DroppedContents;
import dev.offshoot.sql.DroppedContents.Figures;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the parent holds now in the tables and columns that the change set drops. Whatever its users
 * wrote there since the branch point would go along unseen, so it is a conflict.
 */
final class DroppedOnParent {
  private record Written(DroppedContents reviewed, Figures found) {}

  private final ParentSession session;
  private final List<DroppedContents> now = new ArrayList<>();
  private final List<Written> written = new ArrayList<>();
  private final List<Conflict> untold = new ArrayList<>();

  private DroppedOnParent(ParentSession session) {
    this.session = session;
  }

  /**
   * Looks into them before the schema script runs. From here to the end of the transaction nobody
   * else writes them; until the script drops them they can be read.
   */
  static DroppedOnParent look(ParentSession session, ChangeSet changeSet) throws SQLException {
    DroppedOnParent dropped = new DroppedOnParent(session);
    for (DroppedContents each : changeSet.dropped()) {
      Optional<ParentTable> found = ParentTable.find(session, each.table());
      if (found.isPresent()) {
        session.lock("LOCK TABLE %s IN SHARE MODE".formatted(found.get().rows()));
      }
    }
    for (DroppedContents each : changeSet.dropped()) {
      dropped.look(each);
    }
    return dropped;
  }

  /** A table that is not there any more is told by whoever compares the schema. */
  private void look(DroppedContents reviewed) throws SQLException {
    Optional<ParentTable> table = ParentTable.find(session, reviewed.table());
    if (table.isEmpty()) {
      now.add(reviewed);
      return;
    }
    Optional<String> missing =
        reviewed.compared().stream()
            .filter(column -> table.get().column(column).isEmpty())
            .findFirst();
    if (missing.isPresent()) {
      now.add(reviewed);
      untold.add(
          Conflicts.of(
              Conflict.Kind.SCHEMA_CHANGED,
              reviewed.table(),
              "the parent's table has no writable column %s any more, so what was written into %s cannot be told"
                  .formatted(missing.get(), what(reviewed))));
      return;
    }
    session.report("comparing what goes with " + reviewed.table());
    String question = reviewed.question(table.get().rows());
    String usual = reviewed.usual();
    Figures found =
        usual == null
            ? session.only(question, DroppedContents.FOUND)
            : session.only(question, DroppedContents.FOUND, usual);
    now.add(reviewed.holding(found));
    if (reviewed.isWritten(found)) {
      written.add(new Written(reviewed, found));
    }
  }

  /** Adds a conflict for each that was written since the branch point. */
  void tell(Conflicts conflicts) {
    untold.forEach(conflicts::add);
    for (Written each : written) {
      conflicts.add(conflict(each), each.found().hash());
    }
  }

  /** The change set's own with what the parent holds now: what goes if a person says so. */
  List<DroppedContents> now() {
    return List.copyOf(now);
  }

  private static Conflict conflict(Written written) {
    DroppedContents reviewed = written.reviewed();
    String note =
        reviewed.column() == null
            ? "the experiment drops this table, in which other rows stand now than at the branch point"
            : "the experiment drops this column, in which other values stand now than at the branch point";
    return new Conflict(
        Conflict.Kind.DROPPED_WRITTEN,
        reviewed.table(),
        List.of(),
        Conflicts.value(reviewed.column()),
        rows(reviewed, reviewed.rows()),
        rows(reviewed, written.found().rows()),
        null,
        note);
  }

  private static String rows(DroppedContents reviewed, long rows) {
    return "%d %s%s"
        .formatted(
            rows, rows == 1 ? "row" : "rows", reviewed.column() == null ? "" : " with a value");
  }

  private static String what(DroppedContents reviewed) {
    return reviewed.column() == null ? "it" : "its column " + reviewed.column();
  }
}
