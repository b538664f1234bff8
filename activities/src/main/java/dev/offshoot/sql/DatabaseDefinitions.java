package dev.offshoot.sql;

/** The parts of {@link CatalogQuery} about other servers, the whole database, and all objects. */
final class DatabaseDefinitions {
  private DatabaseDefinitions() {}

  /**
   * Option values may hold passwords: only their names are told, and a short digest that shows that
   * something changed. Of user mappings not even that.
   */
  static final String FOREIGN =
      """
      SELECT 'foreign data wrapper', quote_ident(w.fdwname),
        concat_ws(' ', 'HANDLER ' || NULLIF(w.fdwhandler, 0)::regprocedure,
          'VALIDATOR ' || NULLIF(w.fdwvalidator, 0)::regprocedure,
          'OPTIONS (' || (SELECT string_agg(split_part(o, '=', 1), ', ' ORDER BY o COLLATE "C")
                          FROM unnest(w.fdwoptions) o)
            || ') ' || left(md5(w.fdwoptions::text), 8)),
        false
      FROM pg_foreign_data_wrapper w
      WHERE NOT EXISTS (SELECT FROM members m
                        WHERE m.classid = 'pg_foreign_data_wrapper'::regclass AND m.objid = w.oid)
      UNION ALL
      SELECT 'server', quote_ident(s.srvname),
        concat_ws(' ', 'WRAPPER ' || (SELECT quote_ident(fdwname) FROM pg_foreign_data_wrapper w
                                      WHERE w.oid = s.srvfdw),
          'TYPE ' || quote_literal(s.srvtype), 'VERSION ' || quote_literal(s.srvversion),
          'OPTIONS (' || (SELECT string_agg(split_part(o, '=', 1), ', ' ORDER BY o COLLATE "C")
                          FROM unnest(s.srvoptions) o)
            || ') ' || left(md5(s.srvoptions::text), 8)),
        false
      FROM pg_foreign_server s
      WHERE NOT EXISTS (SELECT FROM members m
                        WHERE m.classid = 'pg_foreign_server'::regclass AND m.objid = s.oid)
      UNION ALL
      SELECT 'user mapping', quote_ident(u.usename) || ' ON ' || quote_ident(u.srvname), '', false
      FROM pg_user_mappings u
      UNION ALL
      SELECT 'foreign table options', r.name,
        concat_ws(' ', 'SERVER ' || (SELECT quote_ident(srvname) FROM pg_foreign_server s
                                     WHERE s.oid = f.ftserver),
          'OPTIONS (' || (SELECT string_agg(split_part(o, '=', 1), ', ' ORDER BY o COLLATE "C")
                          FROM unnest(f.ftoptions) o)
            || ') ' || left(md5(f.ftoptions::text), 8)),
        false
      FROM pg_foreign_table f JOIN relations r ON r.oid = f.ftrelid
      """;

  static String publications(int major) {
    String relation =
        major >= 15
            ? """
              concat_ws(' ', r.prrelid::regclass,
                '(' || (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum)
                        FROM pg_attribute a
                        WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs)) || ')',
                'WHERE ' || pg_get_expr(r.prqual, r.prrelid))\
              """
            : "r.prrelid::regclass::text";
    String schemas =
        major >= 15
            ? """
              'SCHEMAS ' || (SELECT string_agg(s::text, ', ' ORDER BY s::text COLLATE "C")
                             FROM (SELECT pnnspid::regnamespace AS s FROM pg_publication_namespace
                                   WHERE pnpubid = p.oid) AS schemas)\
              """
            : "NULL";
    return """
    SELECT 'publication', quote_ident(p.pubname),
      concat_ws(' ', CASE WHEN p.puballtables THEN 'ALL TABLES' END,
        CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END,
        CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END,
        CASE WHEN p.pubviaroot THEN 'via root' END, %s,
        'TABLES ' || (SELECT string_agg(line, ', ' ORDER BY line COLLATE "C")
                      FROM (SELECT %s AS line FROM pg_publication_rel r
                            WHERE r.prpubid = p.oid) AS lines),
        %s),
      false
    FROM pg_publication p
    """
        .formatted(
            major >= 18 ? "CASE p.pubgencols WHEN 's' THEN 'stored generated' END" : "NULL",
            relation,
            schemas);
  }

  static final String DATABASE_WIDE =
      """
      SELECT 'extension', quote_ident(e.extname),
        'VERSION ' || quote_literal(e.extversion) || ' SCHEMA ' || e.extnamespace::regnamespace,
        false
      FROM pg_extension e
      UNION ALL
      SELECT 'language', quote_ident(l.lanname),
        concat_ws(' ', CASE WHEN l.lanpltrusted THEN 'TRUSTED' END,
          'HANDLER ' || NULLIF(l.lanplcallfoid, 0)::regprocedure,
          'INLINE ' || NULLIF(l.laninline, 0)::regprocedure,
          'VALIDATOR ' || NULLIF(l.lanvalidator, 0)::regprocedure),
        false
      FROM pg_language l
      WHERE l.oid >= 16384
        AND NOT EXISTS (SELECT FROM members m
                        WHERE m.classid = 'pg_language'::regclass AND m.objid = l.oid)
      UNION ALL
      SELECT 'transform', format_type(t.trftype, NULL) || ' FOR ' || l.lanname,
        concat_ws(' ', NULLIF(t.trffromsql, 0)::regprocedure, NULLIF(t.trftosql, 0)::regprocedure),
        false
      FROM pg_transform t JOIN pg_language l ON l.oid = t.trflang
      WHERE NOT EXISTS (SELECT FROM members m
                        WHERE m.classid = 'pg_transform'::regclass AND m.objid = t.oid)
      UNION ALL
      SELECT 'access method', quote_ident(a.amname), a.amtype::text || ' ' || a.amhandler, false
      FROM pg_am a
      WHERE a.oid >= 16384
        AND NOT EXISTS (SELECT FROM members m
                        WHERE m.classid = 'pg_am'::regclass AND m.objid = a.oid)
      UNION ALL
      SELECT 'event trigger', quote_ident(v.evtname),
        concat_ws(' ', v.evtevent, v.evtfoid::regprocedure, v.evtenabled,
          (SELECT string_agg(g, ', ' ORDER BY g COLLATE "C") FROM unnest(v.evttags) g)),
        false
      FROM pg_event_trigger v
      UNION ALL
      SELECT 'subscription', quote_ident(s.subname),
        concat_ws(' ', CASE WHEN s.subenabled THEN 'ENABLED' END,
          (SELECT string_agg(g, ', ' ORDER BY g COLLATE "C") FROM unnest(s.subpublications) g)),
        false
      FROM pg_subscription s
      WHERE s.subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
      """;

  static final String COMMENTS_AND_LABELS =
      """
      SELECT 'comment', o.type || ' ' || o.identity, d.description, false
      FROM pg_description d,
        LATERAL pg_identify_object(d.classoid, d.objoid, d.objsubid) o
      WHERE (d.objoid >= 16384
             OR d.classoid = 'pg_namespace'::regclass
                AND d.objoid = (SELECT oid FROM namespaces WHERE nspname = 'public'))
        AND (o.schema IS NULL OR o.schema !~ '^pg_' AND o.schema NOT IN ('information_schema', 'offshoot', 'offshoot_capture'))
        AND NOT EXISTS (SELECT FROM members m
                        WHERE m.classid = d.classoid AND m.objid = d.objoid)
        AND d.classoid <> 'pg_extension'::regclass
        AND NOT (d.classoid = 'pg_namespace'::regclass
                 AND o.identity IN ('offshoot', 'offshoot_capture'))
      UNION ALL
      SELECT 'security label', l.provider || ' ON ' || o.type || ' ' || o.identity, l.label, false
      FROM pg_seclabel l, LATERAL pg_identify_object(l.classoid, l.objoid, l.objsubid) o
      """;

  /**
   * Only where they differ from what the owner and PUBLIC have by default; a grant is a grant
   * whoever gave it. What the branch's own roles were given to work with is not told.
   */
  static final String PRIVILEGES =
      """
      SELECT 'privileges', x.identity, x.stated, false
      FROM (
        SELECT g.identity, %s AS stated, %s AS usual
        FROM (
          SELECT CASE r.relkind WHEN 'S' THEN 'sequence ' WHEN 'v' THEN 'view '
                   WHEN 'm' THEN 'materialized view ' WHEN 'f' THEN 'foreign table '
                   ELSE 'table ' END || r.name AS identity,
            r.relacl AS acl, r.relowner AS owner,
            acldefault(CASE r.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", r.relowner) AS usual_acl
          FROM relations r WHERE r.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
          UNION ALL
          SELECT 'column ' || r.name || '.' || quote_ident(a.attname), a.attacl, r.relowner,
            acldefault('c', r.relowner)
          FROM relations r JOIN pg_attribute a ON a.attrelid = r.oid AND NOT a.attisdropped
          UNION ALL
          SELECT 'schema ' || quote_ident(n.nspname), n.nspacl, n.nspowner,
            acldefault('n', n.nspowner)
          FROM namespaces n
          UNION ALL
          SELECT CASE p.prokind WHEN 'a' THEN 'aggregate ' WHEN 'p' THEN 'procedure '
                   ELSE 'function ' END || p.oid::regprocedure,
            p.proacl, p.proowner, acldefault('f', p.proowner)
          FROM routines p
          UNION ALL
          SELECT CASE t.typtype WHEN 'd' THEN 'domain ' ELSE 'type ' END || t.name,
            t.typacl, t.typowner, acldefault('T', t.typowner)
          FROM types t
          UNION ALL
          SELECT 'language ' || quote_ident(l.lanname), l.lanacl, l.lanowner,
            acldefault('l', l.lanowner)
          FROM pg_language l
          UNION ALL
          SELECT 'foreign data wrapper ' || quote_ident(w.fdwname), w.fdwacl, w.fdwowner,
            acldefault('F', w.fdwowner)
          FROM pg_foreign_data_wrapper w
          UNION ALL
          SELECT 'server ' || quote_ident(s.srvname), s.srvacl, s.srvowner,
            acldefault('S', s.srvowner)
          FROM pg_foreign_server s
        ) g
        WHERE g.acl IS NOT NULL
      ) x
      WHERE x.stated IS DISTINCT FROM x.usual
      UNION ALL
      SELECT 'default privileges',
        concat_ws(' ',
          'FOR ' || CASE WHEN g.defaclrole = (SELECT oid FROM owner) THEN '<owner>'
                    ELSE quote_ident(pg_get_userbyid(g.defaclrole)) END,
          'IN SCHEMA ' || NULLIF(g.defaclnamespace, 0)::regnamespace,
          'ON ' || CASE g.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences'
            WHEN 'f' THEN 'functions' WHEN 'T' THEN 'types' WHEN 'n' THEN 'schemas'
            ELSE g.defaclobjtype::text END),
        %s,
        false
      FROM (SELECT d.*, d.defaclacl AS acl, d.defaclrole AS owner FROM pg_default_acl d
            WHERE d.defaclrole NOT IN (SELECT oid FROM reader)) g
      """
          .formatted(stated("g.acl"), stated("g.usual_acl"), stated("g.acl"));

  private static String stated(String acl) {
    return """
    (SELECT string_agg(e.role || ': ' || e.rights, E'\\n' ORDER BY e.role COLLATE "C")
     FROM (
       SELECT
         CASE WHEN p.grantee = 0 THEN 'PUBLIC' WHEN p.grantee = g.owner THEN '<owner>'
           ELSE quote_ident(pg_get_userbyid(p.grantee)) END AS role,
         string_agg(p.privilege_type || CASE WHEN p.grantable THEN ' WITH GRANT OPTION' ELSE '' END,
                    ', ' ORDER BY p.privilege_type COLLATE "C") AS rights
       FROM (SELECT grantee, privilege_type, bool_or(is_grantable) AS grantable
             FROM aclexplode(%s)
             WHERE grantee NOT IN (SELECT oid FROM reader)
               AND (grantee = g.owner OR grantee NOT IN (SELECT oid FROM branch))
             GROUP BY 1, 2) p
       GROUP BY p.grantee) e)\
    """
        .formatted(acl);
  }
}
