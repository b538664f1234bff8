package dev.offshoot.branch;

/** The query that lists what an owner's experiments must be able to change. */
final class OwnedObjects {
  /**
   * Every object of the users that has an owner: {@code type} as in ALTER, {@code identity} quoted
   * and qualified, {@code own} whether it belongs to the current role.
   *
   * <p>Left out: what belongs to an extension, to another object (sequences and row types of
   * tables, arrays, constructors of ranges) or to us; what only a superuser makes and an experiment
   * need not touch (event triggers and their functions, languages, foreign servers), and
   * publications of others. Functions of event triggers stay with their owner since they run in
   * everybody's sessions, the reader's included.
   */
  static final String QUERY =
      """
      WITH candidate (classid, objid, namespace, owner, refusable) AS (
        SELECT 'pg_namespace'::regclass, oid, oid, nspowner, true FROM pg_namespace
        UNION ALL
        SELECT 'pg_class'::regclass, c.oid, c.relnamespace, c.relowner, true FROM pg_class AS c
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
           OR c.relkind = 'S' AND NOT EXISTS (
                SELECT FROM pg_depend AS d
                WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0
                  AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0
                  AND d.deptype = 'a')
        UNION ALL
        SELECT 'pg_proc'::regclass, p.oid, p.pronamespace, p.proowner, true FROM pg_proc AS p
        WHERE NOT EXISTS (SELECT FROM pg_event_trigger AS e WHERE e.evtfoid = p.oid)
        UNION ALL
        SELECT 'pg_type'::regclass, t.oid, t.typnamespace, t.typowner, true FROM pg_type AS t
        LEFT JOIN pg_class AS c ON c.oid = t.typrelid
        WHERE t.typtype IN ('b', 'd', 'e', 'r') OR t.typtype = 'c' AND c.relkind = 'c'
        UNION ALL
        SELECT 'pg_operator'::regclass, oid, oprnamespace, oprowner, true FROM pg_operator
        UNION ALL
        SELECT 'pg_opfamily'::regclass, oid, opfnamespace, opfowner, true FROM pg_opfamily
        UNION ALL
        SELECT 'pg_opclass'::regclass, oid, opcnamespace, opcowner, true FROM pg_opclass
        UNION ALL
        SELECT 'pg_collation'::regclass, oid, collnamespace, collowner, true FROM pg_collation
        UNION ALL
        SELECT 'pg_conversion'::regclass, oid, connamespace, conowner, true FROM pg_conversion
        UNION ALL
        SELECT 'pg_statistic_ext'::regclass, oid, stxnamespace, stxowner, true
        FROM pg_statistic_ext
        UNION ALL
        SELECT 'pg_ts_config'::regclass, oid, cfgnamespace, cfgowner, true FROM pg_ts_config
        UNION ALL
        SELECT 'pg_ts_dict'::regclass, oid, dictnamespace, dictowner, true FROM pg_ts_dict
        UNION ALL
        SELECT 'pg_publication'::regclass, oid, 0, pubowner, false FROM pg_publication
      )
      SELECT CASE WHEN o.type IN ('function', 'procedure', 'aggregate') THEN 'routine'
                  WHEN o.type = 'statistics object' THEN 'statistics'
                  ELSE o.type END AS type,
             o.identity, r.oid IS NOT NULL AS own, pg_get_userbyid(c.owner) AS owner
      FROM candidate AS c
      LEFT JOIN pg_namespace AS n ON n.oid = c.namespace
      LEFT JOIN pg_roles AS r ON r.oid = c.owner AND r.rolname = current_user
      CROSS JOIN LATERAL pg_identify_object(c.classid, c.objid, 0) AS o
      WHERE (n.oid IS NULL
             OR n.nspname NOT LIKE 'pg\\_%'
                AND n.nspname NOT IN ('information_schema', 'offshoot'))
        AND (c.objid >= 16384 OR r.oid IS NOT NULL)
        AND (c.refusable OR r.oid IS NOT NULL)
        AND NOT EXISTS (
          SELECT FROM pg_depend AS d
          WHERE d.classid = c.classid AND d.objid = c.objid AND d.objsubid = 0
            AND d.deptype IN ('e', 'i'))
      ORDER BY c.classid <> 'pg_namespace'::regclass, c.classid, c.objid
      """;

  private OwnedObjects() {}
}
