package dev.offshoot;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * A database's schema and data as text, independent of oids, owners and row order: the oracle of
 * round trips. Read as superuser, hence for tests only.
 */
public final class DatabaseDump {
  private static final String USER_SCHEMAS =
      "n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'offshoot', 'offshoot_capture')";

  /** Materialized, lest the question for NULL makes the server define all its own objects. */
  private static final String CATALOG =
      """
      WITH own AS (
        SELECT n.oid, n.nspname FROM pg_namespace n WHERE %s),
      lines(line) AS MATERIALIZED (
        SELECT 'schema ' || nspname FROM own
        UNION ALL
        SELECT format('relation %%I.%%I kind=%%s persistence=%%s partition=%%s of=%%s by=%%s options=%%s rls=%%s%%s identity=%%s',
            n.nspname, c.relname, c.relkind, c.relpersistence, pg_get_expr(c.relpartbound, c.oid),
            (SELECT string_agg(i.inhparent::regclass::text, ',' ORDER BY i.inhseqno) FROM pg_inherits i WHERE i.inhrelid = c.oid),
            CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END, c.reloptions, c.relrowsecurity, c.relforcerowsecurity, c.relreplident)
          FROM pg_class c JOIN own n ON n.oid = c.relnamespace WHERE c.relkind IN ('r','p','v','m','S','f','c')
        UNION ALL
        SELECT format('column %%I.%%I.%%I %%s notnull=%%s identity=%%s generated=%%s collation=%%s default=%%s storage=%%s statistics=%%s',
            n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
            a.attidentity, a.attgenerated, (SELECT collname FROM pg_collation l WHERE l.oid = a.attcollation),
            pg_get_expr(d.adbin, d.adrelid), a.attstorage, nullif(a.attstattarget, -1))
          FROM pg_class c JOIN own n ON n.oid = c.relnamespace
          JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
          LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
          WHERE c.relkind IN ('r','p','v','m','f','c')
        UNION ALL
        SELECT format('constraint %%s.%%I %%s', coalesce(nullif(t.conrelid, 0)::regclass::text, t.contypid::regtype::text),
            t.conname, pg_get_constraintdef(t.oid))
          FROM pg_constraint t JOIN own n ON n.oid = t.connamespace
        UNION ALL
        SELECT 'index ' || pg_get_indexdef(i.indexrelid)
          FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN own n ON n.oid = c.relnamespace
        UNION ALL
        SELECT format('trigger %%s enabled=%%s', pg_get_triggerdef(t.oid), t.tgenabled)
          FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN own n ON n.oid = c.relnamespace
          JOIN pg_proc f ON f.oid = t.tgfoid JOIN pg_namespace fn ON fn.oid = f.pronamespace
          WHERE NOT t.tgisinternal AND fn.nspname <> 'offshoot_capture'
        UNION ALL
        SELECT format('view %%s %%s', c.oid::regclass, pg_get_viewdef(c.oid))
          FROM pg_class c JOIN own n ON n.oid = c.relnamespace WHERE c.relkind IN ('v','m')
        UNION ALL
        SELECT CASE WHEN p.prokind = 'a' THEN 'aggregate ' || p.oid::regprocedure ELSE 'routine ' || pg_get_functiondef(p.oid) END
          FROM pg_proc p JOIN own n ON n.oid = p.pronamespace
        UNION ALL
        SELECT format('type %%s kind=%%s notnull=%%s default=%%s labels=%%s', t.oid::regtype, t.typtype, t.typnotnull, coalesce(pg_get_expr(t.typdefaultbin, 0), t.typdefault),
            (SELECT string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid))
          FROM pg_type t JOIN own n ON n.oid = t.typnamespace WHERE t.typtype IN ('e','d','r')
        UNION ALL
        SELECT pg_get_ruledef(r.oid)
          FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN own n ON n.oid = c.relnamespace
          WHERE r.rulename <> '_RETURN'
        UNION ALL
        SELECT pg_get_statisticsobjdef(s.oid)
          FROM pg_statistic_ext s JOIN own n ON n.oid = s.stxnamespace
        UNION ALL
        SELECT format('policy %%s %%I %%s %%s %%s', p.polrelid::regclass, p.polname, p.polcmd,
            pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
          FROM pg_policy p
        UNION ALL
        SELECT format('sequence %%I.%%I start=%%s inc=%%s last=%%s', s.schemaname, s.sequencename, s.start_value, s.increment_by, s.last_value)
          FROM pg_sequences s WHERE s.schemaname IN (SELECT nspname FROM own)
        UNION ALL
        SELECT format('comment %%s %%s', o.identity, d.description)
          FROM pg_description d, pg_identify_object(d.classoid, d.objoid, d.objsubid) o
          WHERE d.objoid >= 16384 AND o.schema IN (SELECT quote_ident(nspname) FROM own)
      )
      SELECT line FROM lines WHERE line IS NOT NULL ORDER BY line COLLATE "C"
      """
          .formatted(USER_SCHEMAS);

  private static final String TABLES =
      """
      SELECT format('%%I.%%I', n.nspname, c.relname)
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'r' AND %s ORDER BY 1
      """
          .formatted(USER_SCHEMAS);

  private DatabaseDump() {}

  /** The dump of {@code database}; holds no session on it afterwards. */
  public static String of(String database) throws SQLException {
    try (Connection connection = PostgresServer.superuser(database)) {
      return of(connection);
    }
  }

  /** The same of the database of a superuser's session, as its transaction sees it. */
  public static String of(Connection connection) throws SQLException {
    StringBuilder text = new StringBuilder();
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET search_path = pg_catalog; SET TimeZone = 'UTC'");
      text.append(String.join("\n", column(statement, CATALOG)));
      for (String table : column(statement, TABLES)) {
        text.append("\nrows of ").append(table).append('\n');
        String rows = "SELECT t::text FROM ONLY %s AS t ORDER BY t::text COLLATE \"C\"";
        text.append(String.join("\n", column(statement, rows.formatted(table))));
      }
    }
    return text.append('\n').toString();
  }

  private static List<String> column(Statement statement, String query) throws SQLException {
    List<String> values = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        values.add(rows.getString(1));
      }
    }
    return values;
  }
}
