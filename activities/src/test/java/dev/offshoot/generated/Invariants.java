package dev.offshoot.generated;

import dev.offshoot.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** What must hold in every database, asked by plain queries of each constraint in turn. */
final class Invariants {
  private static final String FOREIGN_KEYS =
      """
      SELECT format('%s: %s', k.conrelid::regclass, k.conname) AS name,
        format('SELECT count(*) FROM %s AS c WHERE %s AND NOT EXISTS (SELECT FROM %s AS p WHERE %s)',
          k.conrelid::regclass,
          (SELECT string_agg(format('c.%I IS NOT NULL', a.attname), ' AND ')
             FROM unnest(k.conkey) AS num JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = num),
          k.confrelid::regclass,
          (SELECT string_agg(format('p.%I = c.%I', f.attname, a.attname), ' AND ')
             FROM unnest(k.conkey, k.confkey) AS num(child, parent)
             JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = num.child
             JOIN pg_attribute f ON f.attrelid = k.confrelid AND f.attnum = num.parent)) AS query
      FROM pg_constraint k WHERE k.contype = 'f' AND k.conparentid = 0 AND k.convalidated
      """;

  private static final String UNIQUE =
      """
      SELECT format('%s: %s', i.indrelid::regclass, i.indexrelid::regclass) AS name,
        format('SELECT count(*) FROM (SELECT FROM %s AS t%s GROUP BY %s HAVING count(*) > 1) AS twice',
          i.indrelid::regclass,
          (SELECT coalesce(' WHERE ' || nullif(concat_ws(' AND ',
               pg_get_expr(i.indpred, i.indrelid),
               CASE WHEN NOT coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false) THEN
                 string_agg(format('(%s) IS NOT NULL', pg_get_indexdef(i.indexrelid, n, true)), ' AND ') END), ''), '')
             FROM generate_series(1, i.indnkeyatts) n),
          (SELECT string_agg(pg_get_indexdef(i.indexrelid, n, true), ', ') FROM generate_series(1, i.indnkeyatts) n)) AS query
      FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace s ON s.oid = c.relnamespace
      WHERE i.indisunique AND NOT c.relispartition
        AND s.nspname !~ '^pg_' AND s.nspname NOT IN ('information_schema', 'offshoot', 'offshoot_capture')
      """;

  private static final String CHECKS =
      """
      SELECT format('%s: %s', k.conrelid::regclass, k.conname) AS name,
        format('SELECT count(*) FROM %s AS t WHERE NOT (%s)', k.conrelid::regclass,
          pg_get_expr(k.conbin, k.conrelid)) AS query
      FROM pg_constraint k JOIN pg_namespace s ON s.oid = k.connamespace
      WHERE k.contype = 'c' AND k.conrelid <> 0 AND k.convalidated
        AND s.nspname !~ '^pg_' AND s.nspname NOT IN ('information_schema', 'offshoot', 'offshoot_capture')
      """;

  private Invariants() {}

  /** Constraints that do not hold, and by how many rows; {@code connection} is a superuser's. */
  static List<String> broken(Connection connection) throws SQLException {
    record Question(String name, String query) {}
    List<String> broken = new ArrayList<>();
    for (String catalog : List.of(FOREIGN_KEYS, UNIQUE, CHECKS)) {
      for (Question question :
          Sql.list(
              connection,
              catalog,
              row -> new Question(row.getString("name"), row.getString("query")))) {
        long rows = Sql.only(connection, question.query(), row -> row.getLong(1));
        if (rows > 0) {
          broken.add("%s: %d rows".formatted(question.name(), rows));
        }
      }
    }
    return broken;
  }
}
