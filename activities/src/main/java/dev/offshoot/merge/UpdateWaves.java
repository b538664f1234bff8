package dev.offshoot.merge;

import dev.offshoot.domain.Conflict;
import dev.offshoot.domain.RowChange;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A unique index is checked row by row while an UPDATE runs, so an update that needs a value which
 * another updated row still holds has to come later; and rows that take values from each other in
 * turn cannot be updated at all, nor can an identity column that is GENERATED ALWAYS: such rows are
 * deleted before and inserted after.
 *
 * <p>Which ones stands in a temporary table: {@code n} and {@code replaced}.
 *
 * @param any whether there are such updates
 * @param replaced whether rows are deleted and inserted
 */
record UpdateWaves(boolean any, boolean replaced) {
  static final UpdateWaves ONE = new UpdateWaves(false, false);

  private static final String TABLE =
      "CREATE TEMPORARY TABLE {takers} (n bigint, replaced boolean) ON COMMIT DROP";

  /** A taker whose holder takes a value itself would have to wait for it, and so on. */
  private static final String TAKERS =
      """
      WITH takes AS MATERIALIZED ({takes})
      INSERT INTO {takers}
      SELECT taker.n, pg_catalog.bool_or(holder.n IS NOT NULL)
      FROM takes AS taker LEFT JOIN takes AS holder ON holder.n OPERATOR(pg_catalog.=) taker.holder
      GROUP BY taker.n
      """;

  private static final String TAKES =
      """
      SELECT wants.n, has.n AS holder
      FROM {wants} AS wants JOIN {has} AS has ON {meet}
      WHERE wants.n OPERATOR(pg_catalog.<>) has.n\
      """;

  private static final String UPDATED =
      """
      {changes} AS s
      JOIN {outcomes} AS o ON o.n OPERATOR(pg_catalog.=) s.n
      JOIN {standing} AS p ON p.n OPERATOR(pg_catalog.=) s.n
      WHERE s.kind OPERATOR(pg_catalog.=) 'U' AND o.outcome OPERATOR(pg_catalog.=) 'APPLY'
        AND {touched}\
      """;

  private static final String IDENTITIES =
      """
      INSERT INTO {takers}
      SELECT s.n, true FROM {updated}
        AND NOT EXISTS (SELECT FROM {takers} AS k WHERE k.n OPERATOR(pg_catalog.=) s.n AND k.replaced)
      """;

  private static final String COUNT =
      """
      SELECT pg_catalog.count(*) AS takers, pg_catalog.count(*) FILTER (WHERE replaced) AS replaced
      FROM {takers}
      """;

  /**
   * Finds the order of one table's updates. Expressions of indexes are computed as the
   * application's own sessions would.
   */
  static UpdateWaves plan(ParentSession session, PlannedTable planned) throws SQLException {
    TableMerge table = planned.table();
    if (!planned.has(RowChange.Kind.UPDATE)) {
      return ONE;
    }
    List<String> takes = new ArrayList<>();
    for (UniqueIndex index : planned.staged().uniqueIndexes()) {
      if (planned.outcomes().updates() > 1 && planned.updatesAny(index.columns())) {
        takes(table, index).ifPresent(takes::add);
      }
    }
    List<String> identities =
        table.columns().stream()
            .filter(column -> column.column().identityAlways())
            .map(column -> column.column().name())
            .filter(name -> planned.staged().changes().changesAny(List.of(name)))
            .toList();
    if (takes.isEmpty() && identities.isEmpty()) {
      return ONE;
    }
    return find(session, table, takes, identities);
  }

  private static UpdateWaves find(
      ParentSession session, TableMerge table, List<String> takes, List<String> identities)
      throws SQLException {
    Map<String, String> parts =
        Map.of(
            "takers", table.takers(),
            "takes", String.join("\nUNION ALL\n", takes),
            "updated", updated(table, table.changesAny(identities)));
    session.execute(SqlTemplate.fill(TABLE, parts));
    session.useOwnersSearchPath();
    if (!takes.isEmpty()) {
      session.execute(SqlTemplate.fill(TAKERS, parts));
    }
    if (!identities.isEmpty()) {
      session.execute(SqlTemplate.fill(IDENTITIES, parts));
    }
    session.useCatalogSearchPath();
    return session.only(
        SqlTemplate.fill(COUNT, parts),
        row -> new UpdateWaves(row.getLong("takers") > 0, row.getLong("replaced") > 0));
  }

  /**
   * The foreign keys that are broken while rows are replaced.
   *
   * @param conflicts takes a note if one does not bear that
   */
  List<ForeignKey> breaks(PlannedTable planned, List<ForeignKey> keys, Conflicts conflicts) {
    List<ForeignKey> referring =
        keys.stream().filter(key -> planned.staged().isAt(key.target())).toList();
    referring.stream()
        .filter(key -> key.onDelete() != ForeignKey.Action.NO_ACTION)
        .findFirst()
        .ifPresent(
            key ->
                conflicts.add(
                    Conflicts.of(
                        Conflict.Kind.CONSTRAINT,
                        planned.table().name(),
                        "rows trade unique values with each other and would have to be deleted for a moment, which foreign key %s does not bear"
                            .formatted(key))));
    return referring;
  }

  private static Optional<String> takes(TableMerge table, UniqueIndex index) {
    String updated = updated(table, table.changesAny(index.columns()));
    Optional<String> wants =
        index.values(table, Map.of("n", "s.n"), updated, column -> merged(table, column));
    Optional<String> has =
        index.values(table, Map.of("n", "s.n"), updated, column -> "p.c" + column.number());
    return wants.flatMap(
        wanted ->
            has.map(
                held ->
                    SqlTemplate.fill(
                        TAKES,
                        Map.of("wants", wanted, "has", held, "meet", index.meet("wants", "has")))));
  }

  /** What an updated row is to hold in that column. */
  static String merged(TableMerge table, ParentTable.Column column) {
    String parents = "p.c" + column.number();
    return table.columns().stream()
        .filter(reviewed -> reviewed.column().equals(column))
        .findFirst()
        .map(reviewed -> reviewed.merged(parents))
        .orElse(parents);
  }

  private static String updated(TableMerge table, String touched) {
    return SqlTemplate.fill(
        UPDATED,
        Map.of(
            "changes", table.changes(),
            "outcomes", table.outcomes(),
            "standing", table.standing(),
            "touched", touched));
  }
}
