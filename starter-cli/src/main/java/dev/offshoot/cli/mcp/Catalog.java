package dev.offshoot.cli.mcp;

import dev.offshoot.client.AgentSession;
import dev.offshoot.domain.RunAnswer;
import dev.offshoot.domain.StatementResult;
import dev.offshoot.text.SqlLiteral;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Questions to the catalog of a branch. They are runs of the session like any other, so they stay
 * on record and count as statements; each says in a comment which tool it comes from. They are
 * asked as the branch's powerless role.
 */
final class Catalog {
  /** Most columns that a session shows of a row. */
  static final int MOST_COLUMNS = 50;

  private static final int MOST_KEYS = 100;
  private static final String LOOK_AGAIN =
      "list_tables without arguments shows what there is; the session goes on";
  private static final int MOST_OF_A_VALUE = 80;

  private final Caller caller;
  private final AgentSession session;

  Catalog(Caller caller, AgentSession session) {
    this.caller = caller;
    this.session = session;
  }

  private List<List<@Nullable String>> rows(String sql, int most) {
    RunAnswer answer = RunSql.run(caller, session, sql, most, LOOK_AGAIN);
    List<StatementResult> results = answer.statements();
    if (answer.resultsLost() || results.isEmpty()) {
      throw new Refusal(
          "CONNECTION_LOST", "the answer of the catalog was lost on the way", "call it again");
    }
    return results.get(0).rows();
  }

  /** Tables, views and the like: schema, name, kind, estimated rows, bytes, columns, comment. */
  List<List<@Nullable String>> tables(
      @Nullable String schema, @Nullable String like, long after, int most) {
    String filters =
        (schema == null ? "" : " AND n.nspname = " + SqlLiteral.text(schema))
            + (like == null ? "" : " AND c.relname LIKE " + SqlLiteral.text(like));
    return rows(
        """
        /* list_tables */ SELECT n.nspname::text, c.relname::text,
        CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view'
        WHEN 'm' THEN 'materialized view' ELSE 'foreign table' END,
        CASE WHEN c.relkind <> 'v' AND c.reltuples >= 0 THEN c.reltuples::bigint END,
        CASE c.relkind WHEN 'v' THEN NULL WHEN 'p' THEN (SELECT sum(pg_catalog.pg_total_relation_size(t.relid))
        FROM pg_catalog.pg_partition_tree(c.oid) t) ELSE pg_catalog.pg_total_relation_size(c.oid) END,
        (SELECT count(*) FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
        pg_catalog.obj_description(c.oid, 'pg_class')
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r','p','v','m','f') AND NOT c.relispartition AND n.nspname !~ '^pg_'
        AND n.nspname NOT IN ('information_schema','offshoot','offshoot_capture')%s
        ORDER BY 1, 2 OFFSET %d LIMIT %d"""
            .formatted(filters, after, most),
        most);
  }

  /**
   * What is known of one table besides its columns: a word, a name and a definition each. The first
   * is {@code relation} with schema and name, then {@code kind}, {@code written} (as SQL writes
   * it), {@code rows}, {@code bytes}, {@code comment}, {@code constraint}, {@code referencedBy},
   * {@code index}. Empty if there is no such table.
   */
  List<List<@Nullable String>> facts(String table) {
    return rows(
        """
        /* describe_table */ WITH t AS (SELECT c.*, n.nspname FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.oid = pg_catalog.to_regclass(%s) AND c.relkind IN ('r','p','v','m','f'))
        SELECT k, a, d FROM (
        SELECT 1 o, 'relation' k, nspname::text a, relname::text d FROM t
        UNION ALL SELECT 2, 'kind', relkind::text, NULL FROM t
        UNION ALL SELECT 3, 'written', pg_catalog.format('%%I.%%I', nspname, relname), NULL FROM t
        UNION ALL SELECT 4, 'rows', reltuples::bigint::text, NULL FROM t WHERE reltuples >= 0
        UNION ALL SELECT 5, 'bytes', (CASE relkind WHEN 'p' THEN (SELECT sum(pg_catalog.pg_total_relation_size(p.relid))
        FROM pg_catalog.pg_partition_tree(t.oid) p) ELSE pg_catalog.pg_total_relation_size(oid) END)::text, NULL
        FROM t WHERE relkind <> 'v'
        UNION ALL SELECT 6, 'comment', NULL, pg_catalog.obj_description(oid, 'pg_class') FROM t
        UNION ALL SELECT 7, 'constraint', k.conname::text, pg_catalog.pg_get_constraintdef(k.oid)
        FROM t JOIN pg_catalog.pg_constraint k ON k.conrelid = t.oid WHERE k.contype <> 'n'
        UNION ALL SELECT 8, 'referencedBy', k.conrelid::pg_catalog.regclass::text, pg_catalog.pg_get_constraintdef(k.oid)
        FROM t JOIN pg_catalog.pg_constraint k ON k.confrelid = t.oid WHERE k.contype = 'f' AND k.conparentid = 0
        UNION ALL SELECT 9, 'index', i.indexrelid::pg_catalog.regclass::text, pg_catalog.pg_get_indexdef(i.indexrelid)
        FROM t JOIN pg_catalog.pg_index i ON i.indrelid = t.oid
        WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conindid = i.indexrelid AND k.conrelid = t.oid)
        ) f ORDER BY o, a LIMIT %d"""
            .formatted(SqlLiteral.text(table), MOST_KEYS),
        MOST_KEYS);
  }

  /** Columns in order: name, as SQL writes it, type, whether null is allowed, default, comment. */
  List<List<@Nullable String>> columns(String table, long after) {
    int most = MOST_COLUMNS + 1;
    return rows(
        """
        /* describe_table */ SELECT a.attname::text, pg_catalog.quote_ident(a.attname),
        pg_catalog.format_type(a.atttypid, a.atttypmod), NOT a.attnotnull,
        CASE WHEN a.attidentity = 'a' THEN 'generated always as identity'
        WHEN a.attidentity = 'd' THEN 'generated by default as identity'
        WHEN a.attgenerated <> '' THEN 'generated always as (' || pg_catalog.pg_get_expr(d.adbin, d.adrelid) || ')'
        ELSE pg_catalog.pg_get_expr(d.adbin, d.adrelid) END,
        pg_catalog.col_description(a.attrelid, a.attnum)
        FROM pg_catalog.pg_attribute a
        LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attrelid = pg_catalog.to_regclass(%s) AND a.attnum > 0 AND NOT a.attisdropped
        ORDER BY a.attnum OFFSET %d LIMIT %d"""
            .formatted(SqlLiteral.text(table), after, most),
        most);
  }

  /**
   * Values of a few rows.
   *
   * @param table as SQL writes it
   * @param columns as SQL writes them; no other is read
   */
  List<List<@Nullable String>> samples(String table, List<String> columns, int rows) {
    String values =
        columns.stream()
            .map(column -> "pg_catalog.left(%s::text, %d)".formatted(column, MOST_OF_A_VALUE))
            .collect(Collectors.joining(", "));
    return rows(
        "/* describe_table */ SELECT %s FROM %s LIMIT %d".formatted(values, table, rows), rows);
  }
}
