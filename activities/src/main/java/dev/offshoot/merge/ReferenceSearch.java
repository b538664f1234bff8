package dev.offshoot.merge;

import dev.offshoot.domain.Conflict;
import dev.offshoot.merge.ForeignKey.Action;
import dev.offshoot.merge.ParentTable.Column;
import dev.offshoot.sql.Identifiers;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds rows of the parent that refer to rows which the change set deletes or renumbers, and which
 * it does not delete or move itself: nobody reviewed what would become of them.
 *
 * <p>New ones cannot come afterwards: to refer to a row takes a lock on it, and the merge holds it.
 */
final class ReferenceSearch {
  /** Rows that go, with the number of unreviewed rows that refer to each. */
  private static final String REFERRED =
      """
      FROM {changes} AS s
      JOIN {outcomes} AS o ON o.n = s.n AND o.outcome = 'APPLY'
      JOIN {standing} AS p ON p.n = s.n
      JOIN {children} AS r ON {refers}
      WHERE s.kind = '{kind}' AND {leaves}
        AND NOT {reviewed}
      """;

  private static final String UNREVIEWED = REFERRED + " AND NOT {supplied}";

  private static final String COUNT =
      "SELECT count(DISTINCT s.n) FILTER (WHERE NOT {supplied}) AS conflicts,"
          + " coalesce(bool_or({supplied}), false) AS supplied "
          + REFERRED;

  private static final String FIRST =
      "SELECT {key} AS key, count(*) AS referring "
          + UNREVIEWED
          + " GROUP BY s.n, {keycolumns} ORDER BY s.n LIMIT {limit}";

  /**
   * The referring row is itself deleted, or made to refer to another one; if that collides, it is
   * listed for itself.
   */
  private static final String REVIEWED_CHILD =
      """
      EXISTS (
        SELECT FROM {childstanding} AS cp
        JOIN {childchanges} AS s ON s.n = cp.n
        WHERE cp.tab = r.tableoid AND cp.tid = r.ctid
          AND (s.kind = 'D' OR s.kind = 'U' AND {moves}))\
      """;

  /** Another reviewed row brings the value back, so that the reference holds in the end. */
  private static final String SUPPLIED =
      """
      EXISTS (
        SELECT FROM {changes} AS x WHERE x.kind <> 'D' AND {brings})\
      """;

  private final ParentSession session;
  private final List<PlannedTable> tables;
  private final Conflicts conflicts;

  ReferenceSearch(ParentSession session, List<PlannedTable> tables, Conflicts conflicts) {
    this.session = session;
    this.tables = tables;
    this.conflicts = conflicts;
  }

  /** Notes conflicts; gives keys that are broken until another reviewed row brings the value. */
  Set<ForeignKey> search(List<ForeignKey> keys) throws SQLException {
    Set<ForeignKey> broken = new LinkedHashSet<>();
    for (ForeignKey key : keys) {
      Optional<PlannedTable> target = PlannedTable.at(key.target(), tables);
      if (target.isPresent()) {
        boolean deleting = search(key, target.get(), "D", "true", key.onDelete());
        boolean updating =
            target.get().updatesAny(key.target().columns())
                && search(
                    key,
                    target.get(),
                    "U",
                    target.get().table().changesAny(key.target().columns()),
                    key.onUpdate());
        if (deleting || updating) {
          broken.add(key);
        }
      }
    }
    return broken;
  }

  private boolean search(
      ForeignKey key, PlannedTable target, String kind, String leaves, Action action)
      throws SQLException {
    TableMerge table = target.table();
    Optional<List<Column>> referred = table.writable(key.target().columns());
    if (referred.isEmpty()) {
      return false;
    }
    List<String> refers = new ArrayList<>();
    for (int i = 0; i < referred.get().size(); i++) {
      Column column = referred.get().get(i);
      refers.add(
          "p.c%d%s %s r.%s"
              .formatted(
                  column.number(),
                  column.collate(),
                  key.equals().get(i),
                  Identifiers.quote(key.child().columns().get(i))));
    }
    Map<String, String> parts = new HashMap<>();
    parts.put("changes", table.changes());
    parts.put("outcomes", table.outcomes());
    parts.put("standing", table.standing());
    parts.put("children", key.child().rows());
    parts.put("refers", String.join(" AND ", refers));
    parts.put("kind", kind);
    parts.put("leaves", leaves);
    parts.put("reviewed", reviewedChild(key));
    parts.put("supplied", action == Action.NO_ACTION ? supplied(key, table) : "false");
    List<String> keyColumns = keyColumns(table);
    parts.put("key", Images.array(keyColumns));
    parts.put("keycolumns", String.join(", ", keyColumns.isEmpty() ? List.of("s.n") : keyColumns));
    parts.put("limit", Integer.toString(conflicts.room()));
    record Found(long conflicts, boolean supplied) {}
    Found found =
        session.only(
            SqlTemplate.fill(COUNT, parts),
            row -> new Found(row.getLong("conflicts"), row.getBoolean("supplied")));
    if (found.conflicts() > 0) {
      List<Conflict> first =
          session.list(
              SqlTemplate.fill(FIRST, parts),
              row ->
                  Conflicts.ofRow(
                      kind(kind, action),
                      table.name(),
                      Arrays.asList((@Nullable String[]) row.getArray("key").getArray()),
                      note(key, kind, action, row.getLong("referring"))));
      conflicts.add(
          table.name(),
          Map.of(kind(kind, action), found.conflicts()),
          first,
          RefusedRows.note(
              session, table, kind(kind, action), SqlTemplate.fill(UNREVIEWED, parts)));
    }
    return found.supplied();
  }

  private static List<String> keyColumns(TableMerge table) {
    return table.hasKey()
        ? table.key().stream().map(part -> "s.k" + part.column().number()).toList()
        : TableMerge.each(table.columns(), ReviewedColumn::before);
  }

  private static Conflict.Kind kind(String change, Action action) {
    if (change.equals("U")) {
      return Conflict.Kind.CONSTRAINT;
    }
    return action.writes() ? Conflict.Kind.DELETE_WOULD_CASCADE : Conflict.Kind.DELETE_REFERENCED;
  }

  private static String note(ForeignKey key, String change, Action action, long referring) {
    String what =
        switch (action) {
          case NO_ACTION, RESTRICT -> "still refer to it";
          case CASCADE ->
              change.equals("D") ? "would be deleted with it" : "would be changed with it";
          case SET_NULL, SET_DEFAULT -> "would lose their reference";
        };
    return "%d rows of %s that nobody reviewed %s (%s)"
        .formatted(referring, key.child().relation(), what, key.name());
  }

  private String reviewedChild(ForeignKey key) {
    return PlannedTable.at(key.child(), tables)
        .map(PlannedTable::table)
        .map(
            child ->
                SqlTemplate.fill(
                    REVIEWED_CHILD,
                    Map.of(
                        "childstanding", child.standing(),
                        "childchanges", child.changes(),
                        "moves", child.changesAny(key.child().columns()))))
        .orElse("false");
  }

  private static String supplied(ForeignKey key, TableMerge table) {
    Optional<List<ReviewedColumn>> columns = table.reviewed(key.target().columns());
    if (columns.isEmpty()) {
      return "false";
    }
    return SqlTemplate.fill(
        SUPPLIED,
        Map.of(
            "changes", table.changes(),
            "brings",
                columns.get().stream()
                    .map(column -> Images.same(column.after("x"), column.standing()))
                    .collect(Collectors.joining(" AND "))));
  }
}
