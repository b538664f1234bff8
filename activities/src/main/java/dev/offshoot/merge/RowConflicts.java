package dev.offshoot.merge;

import dev.offshoot.domain.Conflict;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.Strictness;
import dev.offshoot.merge.ParentTable.Column;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Puts the collisions of one table's rows into words: which row, which column, which values. */
final class RowConflicts {
  private static final String FIRST =
      """
      SELECT o.outcome, s.copies, s.changed, {key} AS key, {before} AS before, {standing} AS parent,
        {after} AS after, {written} AS written, {unaddable} AS unaddable,
        (SELECT count(*) FROM {rows} AS q WHERE q.n = s.n) AS standing_copies
      FROM {outcomes} AS o JOIN {changes} AS s ON s.n = o.n
      LEFT JOIN LATERAL (
        SELECT * FROM {rows} AS one WHERE one.n = s.n LIMIT 1) AS p ON true
      WHERE o.outcome NOT IN ('APPLY', 'CONVERGED')
      ORDER BY s.n
      LIMIT {limit}
      """;

  private static final String COUNTS =
      """
      SELECT o.outcome, count(*) AS count FROM {outcomes} AS o
      WHERE o.outcome NOT IN ('APPLY', 'CONVERGED') GROUP BY o.outcome ORDER BY o.outcome
      """;

  /** Rows are hashed one by one, so that what is gathered stays small. */
  private static final String PRINT =
      """
      SELECT encode(sha256(string_agg(
        sha256(convert_to(format('%s %s %s %s', o.n, o.outcome, p.copies, p.image), 'UTF8')),
        ''::bytea ORDER BY o.n, p.image COLLATE "C")), 'hex')
      FROM {outcomes} AS o
      LEFT JOIN LATERAL (
        SELECT format('%s', {image}) AS image, count(*) AS copies
        FROM {standing} AS p WHERE p.n = o.n GROUP BY 1) AS p ON true
      WHERE o.outcome NOT IN ('APPLY', 'CONVERGED')
      """;

  private final TableMerge table;
  private final Strictness strictness;

  RowConflicts(TableMerge table, Strictness strictness) {
    this.table = table;
    this.strictness = strictness;
  }

  void addTo(Conflicts conflicts, ParentSession session) throws SQLException {
    Map<String, String> parts =
        Map.of(
            "outcomes", table.outcomes(),
            "standing", table.standing(),
            "image",
                Images.array(
                    table.target().columns().stream()
                        .map(column -> "p.c" + column.number())
                        .toList()));
    Map<Conflict.Kind, Long> counts = new EnumMap<>(Conflict.Kind.class);
    session.list(
        SqlTemplate.fill(COUNTS, parts),
        row -> counts.put(Conflict.Kind.valueOf(row.getString("outcome")), row.getLong("count")));
    String print = session.only(SqlTemplate.fill(PRINT, parts), row -> row.getString(1));
    conflicts.add(table.name(), counts, first(session, conflicts.room()), print);
  }

  private List<Conflict> first(ParentSession session, int limit) throws SQLException {
    List<ReviewedColumn> columns = table.columns();
    return session.list(
        SqlTemplate.fill(
            FIRST,
            Map.of(
                "key",
                    Images.array(
                        table.key().stream().map(part -> "s.k" + part.column().number()).toList()),
                "before", Images.array(TableMerge.each(columns, ReviewedColumn::before)),
                "standing", Images.array(TableMerge.each(columns, ReviewedColumn::standing)),
                "after", Images.array(TableMerge.each(columns, ReviewedColumn::after)),
                "written", written(),
                "unaddable", unaddable(table),
                "rows", table.standing(),
                "outcomes", table.outcomes(),
                "changes", table.changes(),
                "limit", Integer.toString(limit))),
        this::conflict);
  }

  private Conflict conflict(ResultSet row) throws SQLException {
    Conflict.Kind kind = Conflict.Kind.valueOf(row.getString("outcome"));
    List<@Nullable String> key = Conflicts.values(texts(row, "key"));
    List<@Nullable String> before = texts(row, "before");
    if (!table.hasKey()) {
      return new Conflict(
          kind,
          table.name(),
          Conflicts.values(before),
          null,
          null,
          null,
          null,
          "%d equal rows are deleted, but the parent has only %d of them"
              .formatted(row.getInt("copies"), row.getInt("standing_copies")));
    }
    List<@Nullable String> parent = texts(row, "parent");
    List<@Nullable String> after = texts(row, "after");
    return switch (kind) {
      case INSERT_EXISTS -> {
        int first = collisions(after, parent, place -> true).get(0);
        yield new Conflict(
            kind,
            table.name(),
            key,
            name(first),
            null,
            Conflicts.value(parent.get(first)),
            Conflicts.value(after.get(first)),
            "the parent has a row with this key and other values"
                + also(collisions(after, parent, place -> true)));
      }
      case UPDATE_MISSING ->
          Conflicts.ofRow(kind, table.name(), texts(row, "key"), "the parent has deleted this row");
      case UPDATE_UPDATE -> {
        @Nullable String mask = row.getString("changed");
        List<String> unaddable =
            texts(row, "unaddable").stream().filter(Objects::nonNull).map(String::valueOf).toList();
        List<Integer> at =
            collisions(
                before,
                parent,
                place ->
                    table.columns().get(place).delta()
                        ? unaddable.contains(Integer.toString(place))
                        : collides(place, mask, parent, after));
        yield inColumn(
            kind,
            key,
            at,
            before,
            parent,
            after,
            table.columns().get(at.get(0)).delta()
                ? "the parent has changed this counter too, and what the update adds cannot be added to its value"
                : "the parent has changed this row too");
      }
      case DELETE_UPDATED -> {
        List<Integer> at = collisions(before, parent, place -> !table.columns().get(place).isNew());
        yield at.isEmpty()
            ? unreviewedWritten(key, row)
            : inColumn(
                kind, key, at, before, parent, null, "the parent has changed the deleted row");
      }
      case DELETE_WOULD_CASCADE,
          DELETE_REFERENCED,
          CONSTRAINT,
          SCHEMA_CHANGED,
          CHECK_FAILED,
          DROPPED_WRITTEN ->
          throw new IllegalStateException("no outcome of a row: " + kind);
    };
  }

  private boolean collides(
      int place,
      @Nullable String mask,
      List<@Nullable String> parent,
      List<@Nullable String> after) {
    if (table.columns().get(place).isNew()) {
      return false;
    }
    return strictness == Strictness.ROW
        || (mask != null
            && mask.charAt(place) == '1'
            && !Objects.equals(parent.get(place), after.get(place)));
  }

  private Conflict inColumn(
      Conflict.Kind kind,
      List<@Nullable String> key,
      List<Integer> at,
      List<@Nullable String> before,
      List<@Nullable String> parent,
      @Nullable List<@Nullable String> after,
      String note) {
    int first = at.get(0);
    return new Conflict(
        kind,
        table.name(),
        key,
        name(first),
        Conflicts.value(before.get(first)),
        Conflicts.value(parent.get(first)),
        after == null ? null : Conflicts.value(after.get(first)),
        note + also(at));
  }

  /** Places of counters to which nothing can be added; else null. */
  static String unaddable(TableMerge table) {
    return table.counters().stream()
        .map(
            column ->
                "CASE WHEN NOT %s THEN '%d' END"
                    .formatted(column.addable(column.standing()), column.place() - 1))
        .collect(Collectors.joining(", ", "ARRAY[", "]::text[]"));
  }

  /** Values that the parent's users wrote into columns which were not reviewed; else null. */
  private String written() {
    return table.unreviewed().stream()
        .map(
            column ->
                "CASE WHEN NOT %s THEN %s END"
                    .formatted(
                        Outcomes.untouched(table.target(), column, RowSource.STANDING),
                        Images.text("p.c" + column.number())))
        .collect(Collectors.joining(", ", "ARRAY[", "]::text[]"));
  }

  private Conflict unreviewedWritten(List<@Nullable String> key, ResultSet row)
      throws SQLException {
    List<@Nullable String> values = texts(row, "written");
    int first = 0;
    while (values.get(first) == null) {
      first++;
    }
    Column column = table.unreviewed().get(first);
    return new Conflict(
        Conflict.Kind.DELETE_UPDATED,
        table.name(),
        key,
        column.name(),
        null,
        Conflicts.value(values.get(first)),
        null,
        "the deleted row has a value in a column that the parent gained since the branch point");
  }

  private String also(List<Integer> places) {
    if (places.size() == 1) {
      return "";
    }
    return ShownText.oneLine(
        "; also in "
            + String.join(", ", places.subList(1, places.size()).stream().map(this::name).toList()),
        200);
  }

  private String name(int place) {
    return table.columns().get(place).column().name();
  }

  /** Places at which two images differ and that count. */
  private static List<Integer> collisions(
      List<@Nullable String> one, List<@Nullable String> other, IntPredicate counts) {
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < one.size(); i++) {
      if (counts.test(i) && !Objects.equals(one.get(i), other.get(i))) {
        places.add(i);
      }
    }
    return places;
  }

  private static List<@Nullable String> texts(ResultSet row, String column) throws SQLException {
    return Arrays.asList((@Nullable String[]) row.getArray(column).getArray());
  }
}
