package dev.offshoot.sql;

import java.util.List;

/**
 * The query behind {@link CatalogFingerprint}: one row per object with type, identity, definition,
 * and whether the object only follows from another one.
 *
 * <p>Names are unqualified on purpose: it runs under {@code search_path = pg_catalog, pg_temp}, so
 * that each of them, operators too, can only mean the server's own. The server's {@code pg_get_*}
 * functions then print every other name qualified.
 */
final class CatalogQuery {
  private CatalogQuery() {}

  /** The query for a server of major version {@code major}, 14 or newer. */
  static String forServer(int major) {
    return PREAMBLE
        + String.join(
            "\nUNION ALL\n",
            List.of(
                RELATIONS,
                columns(major),
                CONSTRAINTS,
                INDEXES,
                SEQUENCES,
                TRIGGERS_RULES_POLICIES,
                ROUTINES,
                TYPES,
                STATISTICS,
                CatalogQueryRest.OPERATORS_AND_CASTS,
                CatalogQueryRest.TEXT_SEARCH,
                CatalogQueryRest.collations(major),
                CatalogQueryRest.FOREIGN,
                CatalogQueryRest.publications(major),
                CatalogQueryRest.DATABASE_WIDE,
                CatalogQueryRest.COMMENTS_AND_LABELS,
                CatalogQueryRest.PRIVILEGES))
        + "\nORDER BY 1, 2, 3";
  }

  /**
   * What may be seen: no system schemas, none of ours, nothing that an extension brought or a range
   * type made.
   */
  private static final String PREAMBLE =
      """
      WITH
      members AS MATERIALIZED (
        SELECT classid, objid FROM pg_depend
        WHERE deptype = 'e'
           OR deptype = 'i' AND classid IN ('pg_proc'::regclass, 'pg_cast'::regclass)
      ),
      branch AS (
        SELECT oid, rolname FROM pg_roles
        WHERE rolname LIKE 'offshoot\\_%'
          AND current_database() IN (rolname, rolname || '_base')
          AND EXISTS (SELECT FROM pg_roles r WHERE r.rolname = pg_roles.rolname || '_base')
      ),
      reader AS (
        SELECT oid FROM pg_roles WHERE rolname IN (SELECT b.rolname || '_base' FROM branch b)
      ),
      owner AS (
        SELECT oid FROM branch
        UNION ALL
        SELECT datdba FROM pg_database
        WHERE datname = current_database() AND NOT EXISTS (SELECT FROM branch)
      ),
      namespaces AS MATERIALIZED (
        SELECT oid, nspname, nspowner, nspacl FROM pg_namespace
        WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'offshoot')
      ),
      relations AS MATERIALIZED (
        SELECT c.*, quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name
        FROM pg_class c JOIN namespaces n ON n.oid = c.relnamespace
        WHERE NOT EXISTS (
          SELECT FROM members m WHERE m.classid = 'pg_class'::regclass AND m.objid = c.oid)
      ),
      routines AS MATERIALIZED (
        SELECT p.* FROM pg_proc p JOIN namespaces n ON n.oid = p.pronamespace
        WHERE NOT EXISTS (
          SELECT FROM members m WHERE m.classid = 'pg_proc'::regclass AND m.objid = p.oid)
      ),
      types AS MATERIALIZED (
        SELECT t.*, quote_ident(n.nspname) || '.' || quote_ident(t.typname) AS name
        FROM pg_type t JOIN namespaces n ON n.oid = t.typnamespace
        LEFT JOIN pg_class c ON c.oid = t.typrelid
        WHERE (t.typtype IN ('b', 'd', 'e', 'r')
               AND t.typsubscript <> 'array_subscript_handler'::regproc
               OR t.typtype = 'c' AND c.relkind = 'c')
        AND NOT EXISTS (
          SELECT FROM members m WHERE m.classid = 'pg_type'::regclass AND m.objid = t.oid)
      )
      """;

  private static final String RELATIONS =
      """
      SELECT 'schema' AS type, quote_ident(nspname) AS identity, '' AS definition, false AS derived
      FROM namespaces n
      WHERE NOT EXISTS (
        SELECT FROM members m WHERE m.classid = 'pg_namespace'::regclass AND m.objid = n.oid)
      UNION ALL
      SELECT
        CASE r.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
                       WHEN 'f' THEN 'foreign table' ELSE 'table' END,
        r.name,
        concat_ws(' ',
          CASE r.relpersistence WHEN 'u' THEN 'UNLOGGED' WHEN 't' THEN 'TEMPORARY' END,
          'PARTITION BY ' || pg_get_partkeydef(r.oid),
          CASE WHEN r.relispartition THEN 'PARTITION OF ' ELSE 'INHERITS ' END
            || (SELECT string_agg(i.inhparent::regclass::text, ', ' ORDER BY i.inhseqno)
                FROM pg_inherits i WHERE i.inhrelid = r.oid),
          pg_get_expr(r.relpartbound, r.oid),
          'OF ' || NULLIF(r.reloftype, 0)::regtype,
          'USING ' || (SELECT quote_ident(amname) FROM pg_am WHERE oid = r.relam AND amname <> 'heap'),
          'TABLESPACE '
            || (SELECT quote_ident(spcname) FROM pg_tablespace WHERE oid = r.reltablespace),
          'WITH (' || (SELECT string_agg(o, ', ' ORDER BY o COLLATE "C") FROM unnest(r.reloptions) o)
            || ')',
          'TOAST WITH (' || (SELECT string_agg(o, ', ' ORDER BY o COLLATE "C")
                             FROM pg_class t, unnest(t.reloptions) o
                             WHERE t.oid = r.reltoastrelid) || ')',
          CASE WHEN r.relkind IN ('v', 'f') THEN NULL
            WHEN r.relreplident = 'n' THEN 'REPLICA IDENTITY NOTHING'
            WHEN r.relreplident = 'f' THEN 'REPLICA IDENTITY FULL' END,
          CASE WHEN r.relrowsecurity THEN 'ROW LEVEL SECURITY' END,
          CASE WHEN r.relforcerowsecurity THEN 'FORCE ROW LEVEL SECURITY' END,
          CASE WHEN r.relkind = 'm' AND NOT r.relispopulated THEN 'NOT POPULATED' END,
          CASE WHEN r.relkind IN ('v', 'm') THEN 'AS' || E'\\n' || pg_get_viewdef(r.oid) END),
        false
      FROM relations r WHERE r.relkind IN ('r', 'p', 'v', 'm', 'f')
      """;

  /**
   * Since Postgres 18 NOT NULL is a constraint with a name; it is told where it is not the usual.
   */
  private static final String NAMED_NOT_NULL =
      """
      COALESCE((
        SELECT concat_ws(' ',
          CASE WHEN k.conislocal AND k.conname <> r.relname || '_' || a.attname || '_not_null'
            THEN 'CONSTRAINT ' || quote_ident(k.conname) END,
          'NOT NULL', CASE WHEN k.connoinherit THEN 'NO INHERIT' END,
          CASE WHEN NOT k.convalidated THEN 'NOT VALID' END)
        FROM pg_constraint k
        WHERE k.conrelid = r.oid AND k.contype = 'n' AND k.conkey = ARRAY[a.attnum]), 'NOT NULL')\
      """;

  /** A view's columns follow from its query, unless somebody set something on them. */
  private static String columns(int major) {
    String notNull = major >= 18 ? NAMED_NOT_NULL : "'NOT NULL'";
    return """
      SELECT
        CASE r.relkind WHEN 'c' THEN 'attribute' ELSE 'column' END,
        r.name || '.' || quote_ident(a.attname),
        concat_ws(' ',
          format_type(a.atttypid, a.atttypmod),
          'COLLATE ' || (SELECT a.attcollation::regcollation::text
                         WHERE a.attcollation NOT IN (0, t.typcollation)),
          CASE a.attstorage WHEN t.typstorage THEN NULL WHEN 'p' THEN 'STORAGE PLAIN'
            WHEN 'e' THEN 'STORAGE EXTERNAL' WHEN 'm' THEN 'STORAGE MAIN'
            WHEN 'x' THEN 'STORAGE EXTENDED' END,
          CASE a.attcompression WHEN 'p' THEN 'COMPRESSION pglz' WHEN 'l' THEN 'COMPRESSION lz4' END,
          CASE a.attidentity WHEN 'a' THEN 'GENERATED ALWAYS AS IDENTITY'
            WHEN 'd' THEN 'GENERATED BY DEFAULT AS IDENTITY' END,
          CASE a.attgenerated WHEN '' THEN 'DEFAULT ' ELSE 'GENERATED ALWAYS AS (' END
            || pg_get_expr(d.adbin, d.adrelid)
            || CASE a.attgenerated WHEN '' THEN '' WHEN 's' THEN ') STORED' ELSE ') VIRTUAL' END,
          CASE WHEN a.attnotnull THEN %s END,
          'STATISTICS ' || NULLIF(a.attstattarget, -1),
          'WITH (' || (SELECT string_agg(o, ', ' ORDER BY o COLLATE "C") FROM unnest(a.attoptions) o)
            || ')',
          'OPTIONS (' || (SELECT string_agg(split_part(o, '=', 1), ', ' ORDER BY o COLLATE "C")
                          FROM unnest(a.attfdwoptions) o)
            || ') ' || left(md5(a.attfdwoptions::text), 8),
          CASE WHEN a.attinhcount > 0 AND NOT r.relispartition
            THEN CASE WHEN a.attislocal THEN 'MERGED' ELSE 'INHERITED' END END),
        r.relispartition
      FROM relations r
      JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
      JOIN pg_type t ON t.oid = a.atttypid
      LEFT JOIN pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum
      WHERE r.relkind IN ('r', 'p', 'f', 'c')
         OR r.relkind IN ('v', 'm')
            AND (d.oid IS NOT NULL OR a.attoptions IS NOT NULL OR a.attcompression <> ''
                 OR a.attstattarget <> -1 OR a.attstorage <> t.typstorage)
      UNION ALL
      SELECT 'column order', r.name,
        (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a
         WHERE a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped),
        r.relispartition
      FROM relations r WHERE r.relkind IN ('r', 'p', 'f', 'c')
      """
        .formatted(notNull);
  }

  /** What {@code pg_get_indexdef} and {@code pg_get_constraintdef} keep to themselves. */
  private static final String INDEX_TRAITS =
      """
      NULLIF(concat_ws(' ',
        'ATTACHED TO ' || (SELECT h.inhparent::regclass::text FROM pg_inherits h
                           WHERE h.inhrelid = i.indexrelid),
        'TABLESPACE ' || (SELECT quote_ident(spcname) FROM pg_tablespace
                          WHERE oid = c.reltablespace),
        'WITH (' || (SELECT string_agg(o, ', ' ORDER BY o COLLATE "C")
                     FROM unnest(c.reloptions) o WHERE i.indexrelid IN
                       (SELECT conindid FROM pg_constraint WHERE contype IN ('p', 'u', 'x')))
          || ')',
        'STATISTICS (' || (SELECT string_agg(a.attnum || ' ' || a.attstattarget, ', '
                                             ORDER BY a.attnum)
                           FROM pg_attribute a
                           WHERE a.attrelid = i.indexrelid AND a.attstattarget >= 0) || ')',
        CASE WHEN NOT i.indisvalid THEN 'INVALID' END,
        CASE WHEN i.indisclustered THEN 'CLUSTERED' END,
        CASE WHEN i.indisreplident THEN 'REPLICA IDENTITY' END), '')\
      """;

  /**
   * An index that backs a constraint is told with it. Left out: the foreign keys that a partition
   * has of its parent's and those that a partitioned referenced table makes, and constraint
   * triggers, which are told as triggers.
   */
  private static final String CONSTRAINTS =
      """
      SELECT
        'constraint',
        quote_ident(k.conname) || ' ON '
          || COALESCE(r.name, (SELECT t.name FROM types t WHERE t.oid = k.contypid)),
        concat_ws(' ',
          pg_get_constraintdef(k.oid),
          CASE WHEN k.coninhcount > 0 AND NOT COALESCE(r.relispartition, false)
            THEN CASE WHEN k.conislocal THEN 'MERGED' ELSE 'INHERITED' END END,
          (SELECT %s FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
           WHERE i.indexrelid = k.conindid AND k.contype IN ('p', 'u', 'x'))),
        COALESCE(r.relispartition, false) AND k.coninhcount > 0
      FROM pg_constraint k
      LEFT JOIN relations r ON r.oid = k.conrelid
      WHERE k.contype IN ('c', 'f', 'p', 'u', 'x')
        AND NOT (k.contype = 'f' AND k.conparentid <> 0)
        AND (r.oid IS NOT NULL OR EXISTS (SELECT FROM types t WHERE t.oid = k.contypid))
      """
          .formatted(INDEX_TRAITS);

  private static final String INDEXES =
      """
      SELECT 'index', c.name, concat_ws(' ', pg_get_indexdef(i.indexrelid), %s),
        r.relispartition
          AND EXISTS (SELECT FROM pg_inherits h WHERE h.inhrelid = i.indexrelid)
      FROM pg_index i
      JOIN relations c ON c.oid = i.indexrelid
      JOIN relations r ON r.oid = i.indrelid
      WHERE NOT EXISTS (SELECT FROM pg_constraint k
                        WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
      """
          .formatted(INDEX_TRAITS);

  private static final String SEQUENCES =
      """
      SELECT 'sequence', r.name,
        concat_ws(' ',
          CASE r.relpersistence WHEN 'u' THEN 'UNLOGGED' WHEN 't' THEN 'TEMPORARY' END,
          'AS ' || format_type(s.seqtypid, NULL), 'START ' || s.seqstart,
          'INCREMENT ' || s.seqincrement, 'MINVALUE ' || s.seqmin, 'MAXVALUE ' || s.seqmax,
          'CACHE ' || s.seqcache, CASE WHEN s.seqcycle THEN 'CYCLE' END,
          (SELECT CASE d.deptype WHEN 'i' THEN 'IDENTITY OF ' ELSE 'OWNED BY ' END
                  || d.refobjid::regclass || '.' || quote_ident(a.attname)
           FROM pg_depend d
           JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
           WHERE d.classid = 'pg_class'::regclass AND d.objid = r.oid
             AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i'))),
        false
      FROM pg_sequence s JOIN relations r ON r.oid = s.seqrelid
      """;

  private static final String ENABLED =
      "CASE %s WHEN 'D' THEN 'DISABLED' WHEN 'R' THEN 'ENABLED REPLICA'"
          + " WHEN 'A' THEN 'ENABLED ALWAYS' END";

  private static final String TRIGGERS_RULES_POLICIES =
      """
      SELECT 'trigger', quote_ident(t.tgname) || ' ON ' || r.name,
        concat_ws(' ', pg_get_triggerdef(t.oid), %s),
        t.tgparentid <> 0
      FROM pg_trigger t JOIN relations r ON r.oid = t.tgrelid WHERE NOT t.tgisinternal
      UNION ALL
      SELECT 'rule', quote_ident(w.rulename) || ' ON ' || r.name,
        concat_ws(' ', pg_get_ruledef(w.oid), %s),
        false
      FROM pg_rewrite w JOIN relations r ON r.oid = w.ev_class WHERE w.rulename <> '_RETURN'
      UNION ALL
      SELECT 'policy', quote_ident(p.polname) || ' ON ' || r.name,
        concat_ws(' ',
          CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
          'FOR ' || CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT'
            WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
          'TO ' || (SELECT string_agg(role, ', ' ORDER BY role COLLATE "C")
                    FROM (SELECT CASE WHEN o = 0 THEN 'PUBLIC' WHEN o = r.relowner THEN '<owner>'
                                 ELSE quote_ident(pg_get_userbyid(o)) END AS role
                          FROM unnest(p.polroles) o) roles),
          'USING (' || pg_get_expr(p.polqual, p.polrelid) || ')',
          'WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')'),
        false
      FROM pg_policy p JOIN relations r ON r.oid = p.polrelid
      """
          .formatted(ENABLED.formatted("t.tgenabled"), ENABLED.formatted("w.ev_enabled"));

  private static final String ROUTINES =
      """
      SELECT
        CASE p.prokind WHEN 'a' THEN 'aggregate' WHEN 'p' THEN 'procedure' ELSE 'function' END,
        p.oid::regprocedure::text,
        CASE WHEN p.prokind <> 'a' THEN rtrim(pg_get_functiondef(p.oid), E'\\n')
        ELSE concat_ws(' ',
          '(' || pg_get_function_arguments(p.oid) || ')',
          'RETURNS ' || format_type(p.prorettype, NULL),
          'KIND ' || g.aggkind::text, 'DIRECT ' || g.aggnumdirectargs,
          'SFUNC ' || g.aggtransfn::regprocedure,
          'STYPE ' || format_type(g.aggtranstype, NULL), 'SSPACE ' || NULLIF(g.aggtransspace, 0),
          'INITCOND ' || quote_literal(g.agginitval),
          'FINALFUNC ' || NULLIF(g.aggfinalfn, 0)::regprocedure, g.aggfinalextra,
          g.aggfinalmodify,
          'COMBINEFUNC ' || NULLIF(g.aggcombinefn, 0)::regprocedure,
          'SERIALFUNC ' || NULLIF(g.aggserialfn, 0)::regprocedure,
          'DESERIALFUNC ' || NULLIF(g.aggdeserialfn, 0)::regprocedure,
          'MSFUNC ' || NULLIF(g.aggmtransfn, 0)::regprocedure,
          'MINVFUNC ' || NULLIF(g.aggminvtransfn, 0)::regprocedure,
          'MSTYPE ' || format_type(NULLIF(g.aggmtranstype, 0), NULL),
          'MSSPACE ' || NULLIF(g.aggmtransspace, 0),
          'MINITCOND ' || quote_literal(g.aggminitval),
          'MFINALFUNC ' || NULLIF(g.aggmfinalfn, 0)::regprocedure, g.aggmfinalextra,
          g.aggmfinalmodify,
          'SORTOP ' || NULLIF(g.aggsortop, 0)::regoperator,
          'PARALLEL ' || p.proparallel::text) END,
        false
      FROM routines p LEFT JOIN pg_aggregate g ON g.aggfnoid = p.oid
      """;

  private static final String TYPES =
      """
      SELECT
        CASE t.typtype WHEN 'd' THEN 'domain' ELSE 'type' END,
        t.name,
        CASE t.typtype
        WHEN 'c' THEN 'COMPOSITE'
        WHEN 'e' THEN 'ENUM ('
          || COALESCE((SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder)
                       FROM pg_enum e WHERE e.enumtypid = t.oid), '') || ')'
        WHEN 'd' THEN concat_ws(' ',
          format_type(t.typbasetype, t.typtypmod),
          'COLLATE ' || (SELECT t.typcollation::regcollation::text FROM pg_type b
                         WHERE b.oid = t.typbasetype AND t.typcollation <> b.typcollation),
          'DEFAULT ' || COALESCE(pg_get_expr(t.typdefaultbin, 0), quote_literal(t.typdefault)),
          CASE WHEN t.typnotnull THEN 'NOT NULL' END)
        WHEN 'r' THEN (
          SELECT concat_ws(' ', 'RANGE OF', format_type(g.rngsubtype, NULL),
            'COLLATE ' || NULLIF(g.rngcollation, 0)::regcollation,
            'OPCLASS ' || (SELECT c.opcnamespace::regnamespace || '.' || quote_ident(c.opcname)
                           FROM pg_opclass c WHERE c.oid = g.rngsubopc),
            'CANONICAL ' || NULLIF(g.rngcanonical, 0)::regprocedure,
            'SUBTYPE_DIFF ' || NULLIF(g.rngsubdiff, 0)::regprocedure,
            'MULTIRANGE ' || format_type(g.rngmultitypid, NULL))
          FROM pg_range g WHERE g.rngtypid = t.oid)
        ELSE concat_ws(' ', 'BASE', t.typinput, t.typoutput, t.typreceive, t.typsend, t.typmodin,
          t.typmodout, t.typanalyze, t.typsubscript, t.typlen, t.typbyval, t.typalign,
          t.typstorage, t.typcategory, t.typispreferred, t.typdelim,
          format_type(NULLIF(t.typelem, 0), NULL), quote_literal(t.typdefault), t.typcollation)
        END,
        false
      FROM types t
      """;

  private static final String STATISTICS =
      """
      SELECT 'statistics', s.stxnamespace::regnamespace || '.' || quote_ident(s.stxname),
        concat_ws(' ', pg_get_statisticsobjdef(s.oid),
          'STATISTICS ' || NULLIF(s.stxstattarget, -1)),
        false
      FROM pg_statistic_ext s JOIN relations r ON r.oid = s.stxrelid
      """;
}
