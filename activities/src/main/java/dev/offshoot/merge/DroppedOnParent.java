package dev.offshoot.merge;

import dev.offshoot.domain.Conflict;
import dev.offshoot.domain.TableName;
import dev.offshoot.merge.ParentTable.Column;
import dev.offshoot.sql.DroppedContents;
import dev.offshoot.sql.DroppedContents.Figures;
import dev.offshoot.sql.Identifiers;
import dev.offshoot.sql.SqlErrors;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the parent holds now in the tables and columns that the change set drops, converts or
 * rewrites. Whatever its users wrote there since the branch point would go along unseen, so it is a
 * conflict; unless a conversion keeps it.
 */
final class DroppedOnParent {
  private record Written(DroppedContents reviewed, Figures found) {}

  /**
   * Something that stays, converted or rewritten.
   *
   * @param columns what is compared of it, by number, with names and types as they are
   */
  private record Staying(Written contents, long table, Map<Integer, Column> columns) {
    DroppedContents reviewed() {
      return contents.reviewed();
    }
  }

  /**
   * A column that was written and gets another type.
   *
   * @param column as it is
   * @param values figures of its values as they are
   */
  private record Converting(Staying what, Column column, Figures values) {}

  private final ParentSession session;
  private final Map<DroppedContents, DroppedContents> now = new LinkedHashMap<>();
  private final List<Written> written = new ArrayList<>();
  private final List<Staying> alone = new ArrayList<>();
  private final List<Converting> converting = new ArrayList<>();
  private final List<Staying> rewriting = new ArrayList<>();
  private final List<Conflict> untold = new ArrayList<>();

  private DroppedOnParent(ParentSession session) {
    this.session = session;
  }

  /**
   * Looks into them before the schema script runs. From here to the end of the transaction nobody
   * else writes them; until the script drops them they can be read.
   *
   * @param contents those that statements of one phase are about
   */
  static DroppedOnParent look(ParentSession session, List<DroppedContents> contents)
      throws SQLException {
    DroppedOnParent dropped = new DroppedOnParent(session);
    for (DroppedContents each : contents) {
      Optional<ParentTable> found = ParentTable.find(session, each.table());
      if (found.isPresent()) {
        session.lock("LOCK TABLE %s IN SHARE MODE".formatted(found.get().rows()));
      }
    }
    for (DroppedContents each : contents) {
      dropped.look(each);
    }
    return dropped;
  }

  /** A table that is not there any more is told by whoever compares the schema. */
  private void look(DroppedContents reviewed) throws SQLException {
    Optional<ParentTable> table = ParentTable.find(session, reviewed.table());
    if (table.isEmpty()) {
      now.put(reviewed, reviewed);
      return;
    }
    Map<Integer, Column> columns = new TreeMap<>();
    for (String name : reviewed.compared()) {
      Optional<Column> column = table.get().column(name);
      if (column.isPresent()) {
        columns.put(column.get().number(), column.get());
      } else if (!reviewed.rewritten()) {
        now.put(reviewed, reviewed);
        untold.add(cannotTell(reviewed, name));
        return;
      }
    }
    session.report("comparing what goes with " + reviewed.table());
    // Columns that the parent has dropped itself are compared by nobody.
    DroppedContents compared = reviewed.rewritten() ? reviewed.only(names(columns)) : reviewed;
    Figures found = ask(compared, table.get().rows());
    now.put(reviewed, reviewed.holding(found));
    Written both = new Written(reviewed, found);
    if (!reviewed.converted()) {
      if (reviewed.isWritten(found)) {
        written.add(both);
      }
      return;
    }
    Staying staying = new Staying(both, table.get().oid(), columns);
    if (reviewed.isHeld(found)) {
      alone.add(staying);
    } else if (reviewed.isWritten(found) && reviewed.rewritten()) {
      rewriting.add(staying);
    } else if (reviewed.isWritten(found)) {
      Column column = table.get().column(reviewed.values().get(0)).orElseThrow();
      converting.add(
          new Converting(staying, column, ask(reviewed.bareValues(), table.get().rows())));
    }
  }

  private static Conflict cannotTell(DroppedContents reviewed, String missing) {
    return Conflicts.of(
        Conflict.Kind.SCHEMA_CHANGED,
        reviewed.table(),
        "the parent's table has no writable column %s any more, so what was written into %s cannot be told"
            .formatted(missing, what(reviewed)));
  }

  private static List<String> names(Map<Integer, Column> columns) {
    return columns.values().stream().map(Column::name).toList();
  }

  private Figures ask(DroppedContents contents, String rows) throws SQLException {
    String question = contents.question(rows);
    String usual = contents.usual();
    return usual == null
        ? session.only(question, DroppedContents.FOUND)
        : session.only(question, DroppedContents.FOUND, usual);
  }

  /**
   * Once the script has run: what was written into a column and is not kept is lost. Where nobody
   * wrote, the same must have come of it as in the rehearsal.
   *
   * @throws dev.offshoot.domain.OffshootException {@code MERGE_REFUSED} if something else has come
   *     of a table that nobody wrote
   */
  void lookAtConverted() throws SQLException {
    Set<TableName> untouched =
        alone.stream()
            .map(Staying::reviewed)
            .filter(DroppedContents::rewritten)
            .map(DroppedContents::table)
            .collect(Collectors.toSet());
    for (Staying each : alone) {
      report(each);
      Figures after = becomes(each);
      if (!after.shown().equals(each.reviewed().becomes())) {
        if (each.reviewed().rewritten() || untouched.contains(each.reviewed().table())) {
          throw SelfCheck.refused(
              session,
              "the schema script makes other values of %s than it made of the same values at the branch point"
                  .formatted(place(each.reviewed())));
        }
        // Rows that say nothing of the column were written, and the conversion gives them a value.
        written.add(each.contents());
        decided(each, after);
      }
    }
    for (Converting each : converting) {
      report(each.what());
      if (!isKept(each)) {
        written.add(each.what().contents());
      }
      decided(each.what(), becomes(each.what()));
    }
    for (Staying each : rewriting) {
      report(each);
      Figures after = becomes(each);
      if (!hasTypesOfBefore(each) || !after.equals(each.contents().found())) {
        written.add(each.contents());
      }
      decided(each, after);
    }
  }

  private void report(Staying each) {
    session.report("comparing what has become of " + each.reviewed().table());
  }

  /** If a person says that this is to happen, exactly this is to happen. */
  private void decided(Staying each, Figures after) {
    now.put(each.reviewed(), each.reviewed().holding(each.contents().found()).becoming(after));
  }

  /** What the columns that still stand say after the script, under the names of before. */
  private Figures becomes(Staying each) throws SQLException {
    DroppedContents reviewed = each.reviewed();
    Map<String, ColumnNow> standing = new LinkedHashMap<>();
    @Nullable String usual = null;
    for (String name : reviewed.compared()) {
      for (Map.Entry<Integer, Column> column : each.columns().entrySet()) {
        if (column.getValue().name().equals(name)) {
          Optional<ColumnNow> is = ColumnNow.find(session, each.table(), column.getKey());
          is.ifPresent(found -> standing.put(name, found));
          if (is.isPresent() && name.equals(reviewed.column())) {
            usual = is.get().usual(session, each.table(), column.getKey());
          }
        }
      }
    }
    if (reviewed.column() != null && !standing.containsKey(reviewed.column())) {
      throw SelfCheck.refused(session, "it drops %s and makes it anew".formatted(place(reviewed)));
    }
    String selected =
        standing.entrySet().stream()
            .map(
                column ->
                    "c.%s AS %s"
                        .formatted(column.getValue().quoted(), Identifiers.quote(column.getKey())))
            .collect(Collectors.joining(", "));
    String rows =
        ColumnNow.rowsOf(session, each.table())
            .orElseThrow(
                () -> SelfCheck.refused(session, "it drops table %s".formatted(reviewed.table())));
    return ask(
        reviewed.afterwards(List.copyOf(standing.keySet()), usual),
        "(SELECT %s FROM %s AS c)".formatted(selected, rows));
  }

  private boolean hasTypesOfBefore(Staying each) throws SQLException {
    for (Map.Entry<Integer, Column> column : each.columns().entrySet()) {
      Optional<ColumnNow> is = ColumnNow.find(session, each.table(), column.getKey());
      if (is.isEmpty() || !is.get().type().equals(column.getValue().type())) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether the values are what they were when converted back. A cast between types of the server's
   * own is its own; where another type is concerned the values must print as they did.
   */
  private boolean isKept(Converting each) throws SQLException {
    Column column = each.column();
    Optional<ColumnNow> found = ColumnNow.find(session, each.what().table(), column.number());
    if (found.isEmpty() || found.get().type().equals(column.type())) {
      return false;
    }
    ColumnNow is = found.get();
    // The type that was there prints with its schema if that is not the server's.
    boolean castable = is.ofServer() && !column.type().contains(".");
    String back =
        castable ? "CAST(c.%s AS %s)".formatted(is.quoted(), column.type()) : "c." + is.quoted();
    DroppedContents values = each.what().reviewed().bareValues();
    String rows =
        "(SELECT %s AS %s FROM %s AS c)"
            .formatted(back, Identifiers.quote(values.values().get(0)), is.rows());
    Savepoint savepoint = session.savepoint();
    try {
      Figures kept = ask(values, rows);
      session.release(savepoint);
      return kept.equals(each.values());
    } catch (SQLException e) {
      if (!SqlErrors.state(e).startsWith("22") && !SqlErrors.state(e).startsWith("42")) {
        throw e;
      }
      session.rollBackTo(savepoint);
      return false;
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
    return List.copyOf(now.values());
  }

  private static Conflict conflict(Written written) {
    DroppedContents reviewed = written.reviewed();
    String note =
        reviewed.column() == null
            ? "the experiment %s, in which other rows stand now than at the branch point"
                .formatted(
                    reviewed.rewritten()
                        ? "rewrites this table in a way that changes values"
                        : "drops this table")
            : "the experiment %s, in which other values stand now than at the branch point"
                .formatted(
                    reviewed.converted()
                        ? "converts this column in a way that does not keep them all"
                        : "drops this column");
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

  private static String place(DroppedContents reviewed) {
    return reviewed.column() == null
        ? "table " + reviewed.table()
        : "column %s of table %s".formatted(reviewed.column(), reviewed.table());
  }

  private static String what(DroppedContents reviewed) {
    return reviewed.column() == null ? "it" : "its column " + reviewed.column();
  }
}
