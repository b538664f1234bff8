package dev.offshoot.merge;

import dev.offshoot.domain.Conflict;
import java.sql.SQLException;
import java.util.Map;

/**
 * Changes that meet nobody's other change but that the parent cannot take, noted in a temporary
 * table while they are searched for: the table's number {@code tab}, the change's {@code n}, and
 * the kind of conflict. Leaving such a change out resolves it.
 */
final class RefusedRows {
  private static final String TABLE = "pg_temp.offshoot_refused";

  private static final String CREATE =
      "CREATE TEMPORARY TABLE IF NOT EXISTS offshoot_refused (tab int, n bigint, kind text) ON COMMIT DROP";

  private static final String NOTE =
      """
      INSERT INTO pg_temp.offshoot_refused
      SELECT DISTINCT {tab}, s.n, '{kind}' {from}
      """;

  private static final String PRINT =
      """
      SELECT pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(
        coalesce(pg_catalog.string_agg(pg_catalog.format('%s', n), ',' ORDER BY n), ''), 'UTF8')), 'hex')
      FROM pg_temp.offshoot_refused
      WHERE tab OPERATOR(pg_catalog.=) {tab} AND kind OPERATOR(pg_catalog.=) '{kind}'
      """;

  private RefusedRows() {}

  /**
   * Notes the changes {@code s} of a table that {@code from} finds; holds under any search path.
   *
   * @return a hash of which ones there are
   */
  static String note(ParentSession session, TableMerge table, Conflict.Kind kind, String from)
      throws SQLException {
    Map<String, String> parts =
        Map.of("tab", Integer.toString(table.number()), "kind", kind.name(), "from", from);
    session.execute(CREATE);
    session.execute(SqlTemplate.fill(NOTE, parts));
    return session.only(SqlTemplate.fill(PRINT, parts), row -> row.getString(1));
  }

  /** Why change {@code o} of a table was refused; null if it was not, or nothing was. */
  static String kindOf(ParentSession session, TableMerge table) throws SQLException {
    boolean any =
        session.only(
            "SELECT pg_catalog.to_regclass('%s') IS NOT NULL".formatted(TABLE),
            row -> row.getBoolean(1));
    return any
        ? "(SELECT min(r.kind) FROM %s AS r WHERE r.tab = %d AND r.n = o.n)"
            .formatted(TABLE, table.number())
        : "CAST(NULL AS text)";
  }
}
