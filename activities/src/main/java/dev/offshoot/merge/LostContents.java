package dev.offshoot.merge;

import dev.offshoot.domain.Conflict;
import dev.offshoot.domain.SchemaChange;
import dev.offshoot.domain.TableName;
import dev.offshoot.ledger.ChangeSet;
import dev.offshoot.merge.ParentTable.Column;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What would go with the tables and columns that a revert drops: once the reviewed rows are taken
 * back, whatever still stands there was written by the parent's users after the merge.
 *
 * <p>By their names alone a renamed table looks like a dropped one, so it is looked before the
 * script and told after it.
 */
final class LostContents {
  /** More are not counted. */
  private static final int MOST = 1_000;

  private static final String STANDING =
      """
      SELECT a.attrelid, a.attnum FROM pg_attribute a
      WHERE a.attrelid = ANY (?::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
      """;

  private static final String COUNT =
      "SELECT count(*) FROM (SELECT FROM %s AS t WHERE %s LIMIT %d) AS written";

  /** Rows in a table, or rows with a value in a column of it. */
  private record Content(
      long table,
      TableName name,
      @Nullable Integer column,
      @Nullable String columnName,
      long rows) {}

  private final ParentSession session;
  private final List<Content> contents = new ArrayList<>();

  private LostContents(ParentSession session) {
    this.session = session;
  }

  /** Looks into what the change set drops; nothing unless it is a revert. */
  static LostContents look(ParentSession session, ChangeSet changeSet, TablesBefore before)
      throws SQLException {
    LostContents lost = new LostContents(session);
    if (changeSet.undoing().of() == null) {
      return lost;
    }
    Set<String> dropped =
        changeSet.schemaChanges().stream()
            .filter(change -> change.kind() == SchemaChange.Kind.DROPPED)
            .filter(change -> Set.of("table", "column").contains(change.objectType()))
            .map(SchemaChange::identity)
            .collect(Collectors.toSet());
    List<TablesBefore.Table> byName =
        before.byOid().values().stream()
            .sorted(Comparator.comparing(TablesBefore.Table::name))
            .toList();
    for (TablesBefore.Table table : byName) {
      if (dropped.contains(table.identity())
          || table.columns().values().stream().anyMatch(dropped::contains)) {
        lost.look(table, dropped);
      }
    }
    return lost;
  }

  private void look(TablesBefore.Table before, Set<String> dropped) throws SQLException {
    Optional<ParentTable> found = ParentTable.find(session, before.name());
    if (found.isEmpty()) {
      return;
    }
    ParentTable table = found.get();
    session.lock("LOCK TABLE %s IN ACCESS EXCLUSIVE MODE".formatted(table.rows()));
    if (dropped.contains(before.identity())) {
      contents.add(new Content(table.oid(), before.name(), null, null, count(table, "true")));
    }
    for (Column column : table.columns()) {
      if (dropped.contains(before.columns().get(column.number()))) {
        String written =
            "NOT " + Outcomes.untouched(table, table.withUsual(session, column), RowSource.TABLE);
        contents.add(
            new Content(
                table.oid(), before.name(), column.number(), column.name(), count(table, written)));
      }
    }
  }

  private long count(ParentTable table, String which) throws SQLException {
    return session.only(COUNT.formatted(table.rows(), which, MOST), row -> row.getLong(1));
  }

  /** After the script: a conflict for each table and column that is gone with something in it. */
  void tell(Conflicts conflicts) throws SQLException {
    List<Content> filled = contents.stream().filter(content -> content.rows() > 0).toList();
    if (filled.isEmpty()) {
      return;
    }
    Map<Long, Set<Integer>> standing = standing(filled);
    for (Content content : filled) {
      @Nullable Set<Integer> columns = standing.get(content.table());
      Integer column = content.column();
      boolean gone =
          column == null ? columns == null : columns != null && !columns.contains(column);
      if (gone) {
        conflicts.add(conflict(content));
      }
    }
  }

  private Map<Long, Set<Integer>> standing(List<Content> filled) throws SQLException {
    String tables =
        filled.stream()
            .map(content -> Long.toString(content.table()))
            .collect(Collectors.joining(",", "{", "}"));
    Map<Long, Set<Integer>> standing = new HashMap<>();
    session.list(
        STANDING,
        row ->
            standing
                .computeIfAbsent(row.getLong("attrelid"), oid -> new HashSet<>())
                .add(row.getInt("attnum")),
        tables);
    return standing;
  }

  private static Conflict conflict(Content content) {
    String rows = content.rows() == MOST ? MOST + " or more" : Long.toString(content.rows());
    return new Conflict(
        Conflict.Kind.DELETE_WOULD_CASCADE,
        content.name(),
        List.of(),
        content.columnName(),
        null,
        null,
        null,
        content.column() == null
            ? "the revert drops this table, into which %s rows were written after the merge"
                .formatted(rows)
            : "the revert drops this column, into which %s rows got a value after the merge"
                .formatted(rows));
  }
}
