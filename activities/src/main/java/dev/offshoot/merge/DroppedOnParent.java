package dev.offshoot.merge;

import dev.offshoot.domain.Conflict;
import dev.offshoot.domain.TableName;
import dev.offshoot.ledger.ChangeSet;
import dev.offshoot.merge.ParentTable.Column;
import dev.offshoot.sql.DroppedContents;
import dev.offshoot.sql.DroppedContents.Figures;
import dev.offshoot.sql.Identifiers;
import dev.offshoot.sql.SqlErrors;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the parent holds now in the tables and columns that the change set drops, converts or
 * rewrites. Whatever its users wrote there since the branch point would go along unseen, so it is a
 * conflict; unless a conversion keeps it.
 */
final class DroppedOnParent {
  private record Written(DroppedContents reviewed, Figures found) {}

  /**
   * A column that was written and gets another type.
   *
   * @param type the one it has
   * @param values figures of its values as they are
   */
  private record Converting(Written written, long table, int number, String type, Figures values) {}

  /**
   * A rewritten table in which other rows stand now.
   *
   * @param columns its columns that are compared, by number, with their names and types as they are
   * @param figures of its rows as they are
   */
  private record Rewriting(
      Written written, long table, Map<Integer, Column> columns, Figures figures) {}

  private static final String NOW =
      """
      SELECT n.nspname, c.relname, c.relkind = 'p' AS partitioned, a.attname,
        format_type(a.atttypid, a.atttypmod) AS type,
        t.typnamespace = 'pg_catalog'::regnamespace AS server
      FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
      JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE a.attrelid = ?::oid AND a.attnum = ? AND NOT a.attisdropped
      """;

  private final ParentSession session;
  private final List<DroppedContents> now = new ArrayList<>();
  private final List<Written> written = new ArrayList<>();
  private final List<Converting> converting = new ArrayList<>();
  private final List<Rewriting> rewriting = new ArrayList<>();
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
    if (reviewed.rewritten()) {
      lookAtRewritten(reviewed, table.get());
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
    Figures found = ask(reviewed, table.get().rows());
    now.add(reviewed.holding(found));
    if (reviewed.isWritten(found)) {
      Written both = new Written(reviewed, found);
      if (reviewed.converted()) {
        Column column = table.get().column(reviewed.values().get(0)).orElseThrow();
        converting.add(
            new Converting(
                both,
                table.get().oid(),
                column.number(),
                column.type(),
                ask(reviewed.bareValues(), table.get().rows())));
      } else {
        written.add(both);
      }
    }
  }

  /** Columns that the parent has dropped or converted itself are compared by nobody. */
  private void lookAtRewritten(DroppedContents reviewed, ParentTable table) throws SQLException {
    Map<Integer, Column> columns = new TreeMap<>();
    reviewed
        .values()
        .forEach(
            name -> table.column(name).ifPresent(column -> columns.put(column.number(), column)));
    session.report("comparing what is rewritten in " + reviewed.table());
    Figures found = ask(reviewed.only(names(columns)), table.rows());
    now.add(reviewed.holding(found));
    if (reviewed.isWritten(found) && !columns.isEmpty()) {
      rewriting.add(new Rewriting(new Written(reviewed, found), table.oid(), columns, found));
    }
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

  /** Once the script has run: what was written into a column and is not kept is lost. */
  void lookAtConverted() throws SQLException {
    for (Converting each : converting) {
      session.report("comparing what is converted in " + each.written().reviewed().table());
      if (!isKept(each)) {
        written.add(each.written());
      }
    }
    for (Rewriting each : rewriting) {
      session.report("comparing what was rewritten in " + each.written().reviewed().table());
      if (!isKept(each)) {
        written.add(each.written());
      }
    }
  }

  /** Whether the rows say in the same columns what they said before. */
  private boolean isKept(Rewriting table) throws SQLException {
    List<String> values = new ArrayList<>();
    String rows = "";
    for (Map.Entry<Integer, Column> each : table.columns().entrySet()) {
      Optional<Now> found =
          session.list(NOW, Now::read, table.table(), each.getKey()).stream().findFirst();
      if (found.isEmpty() || !found.get().type().equals(each.getValue().type())) {
        return false;
      }
      rows = found.get().rows();
      values.add(
          "c.%s AS %s"
              .formatted(
                  Identifiers.quote(found.get().column()),
                  Identifiers.quote(each.getValue().name())));
    }
    String renamed = "(SELECT %s FROM %s AS c)".formatted(String.join(", ", values), rows);
    return ask(table.written().reviewed().only(names(table.columns())), renamed)
        .equals(table.figures());
  }

  /**
   * Whether the values are what they were when converted back. A cast between types of the server's
   * own is its own; where another type is concerned the values must print as they did.
   */
  private boolean isKept(Converting column) throws SQLException {
    Optional<Now> found =
        session.list(NOW, Now::read, column.table(), column.number()).stream().findFirst();
    if (found.isEmpty() || found.get().type().equals(column.type())) {
      return false;
    }
    Now is = found.get();
    String own = Identifiers.quote(is.column());
    // The type that was there prints with its schema if that is not the server's.
    boolean castable = is.ofServer() && !column.type().contains(".");
    String back = castable ? "CAST(c.%s AS %s)".formatted(own, column.type()) : "c." + own;
    DroppedContents values = column.written().reviewed().bareValues();
    String rows =
        "(SELECT %s AS %s FROM %s AS c)"
            .formatted(back, Identifiers.quote(values.values().get(0)), is.rows());
    Savepoint savepoint = session.savepoint();
    try {
      Figures kept = ask(values, rows);
      session.release(savepoint);
      return kept.equals(column.values());
    } catch (SQLException e) {
      if (!SqlErrors.state(e).startsWith("22") && !SqlErrors.state(e).startsWith("42")) {
        throw e;
      }
      session.rollBackTo(savepoint);
      return false;
    }
  }

  /** A column by its number, after the script. */
  private record Now(String rows, String column, String type, boolean ofServer) {
    static Now read(ResultSet row) throws SQLException {
      TableName name = new TableName(row.getString("nspname"), row.getString("relname"));
      return new Now(
          (row.getBoolean("partitioned") ? "" : "ONLY ") + Identifiers.quote(name),
          row.getString("attname"),
          row.getString("type"),
          row.getBoolean("server"));
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

  private static String what(DroppedContents reviewed) {
    return reviewed.column() == null ? "it" : "its column " + reviewed.column();
  }
}
