package dev.offshoot.sql;

/** The parts of {@link CatalogQuery} that tell code and types. */
final class RoutineDefinitions {
  private RoutineDefinitions() {}

  static final String ROUTINES =
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

  static final String TYPES =
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

  static final String STATISTICS =
      """
      SELECT 'statistics', s.stxnamespace::regnamespace || '.' || quote_ident(s.stxname),
        concat_ws(' ', pg_get_statisticsobjdef(s.oid),
          'STATISTICS ' || NULLIF(s.stxstattarget, -1)),
        false
      FROM pg_statistic_ext s JOIN relations r ON r.oid = s.stxrelid
      """;

  static final String OPERATORS_AND_CASTS =
      """
      SELECT 'operator', o.oid::regoperator::text,
        concat_ws(' ',
          'FUNCTION ' || o.oprcode::regprocedure,
          'COMMUTATOR ' || NULLIF(o.oprcom, 0)::regoperator,
          'NEGATOR ' || NULLIF(o.oprnegate, 0)::regoperator,
          'RESTRICT ' || NULLIF(o.oprrest, 0)::regprocedure,
          'JOIN ' || NULLIF(o.oprjoin, 0)::regprocedure,
          CASE WHEN o.oprcanhash THEN 'HASHES' END, CASE WHEN o.oprcanmerge THEN 'MERGES' END),
        false
      FROM pg_operator o JOIN namespaces n ON n.oid = o.oprnamespace
      WHERE NOT EXISTS (SELECT FROM members m
                        WHERE m.classid = 'pg_operator'::regclass AND m.objid = o.oid)
      UNION ALL
      SELECT 'operator class',
        quote_ident(n.nspname) || '.' || quote_ident(c.opcname) || ' USING ' || quote_ident(a.amname),
        concat_ws(' ',
          'FOR TYPE', format_type(c.opcintype, NULL),
          'FAMILY', f.opfnamespace::regnamespace::text || '.' || quote_ident(f.opfname),
          CASE WHEN c.opcdefault THEN 'DEFAULT' END,
          'STORAGE ' || format_type(NULLIF(c.opckeytype, 0), NULL)),
        false
      FROM pg_opclass c JOIN namespaces n ON n.oid = c.opcnamespace
      JOIN pg_am a ON a.oid = c.opcmethod JOIN pg_opfamily f ON f.oid = c.opcfamily
      WHERE NOT EXISTS (SELECT FROM members m
                        WHERE m.classid = 'pg_opclass'::regclass AND m.objid = c.oid)
      UNION ALL
      SELECT 'operator family',
        quote_ident(n.nspname) || '.' || quote_ident(f.opfname) || ' USING ' || quote_ident(a.amname),
        concat_ws(E'\\n',
          (SELECT string_agg(line, E'\\n' ORDER BY line COLLATE "C") FROM (
             SELECT concat_ws(' ', 'OPERATOR', o.amopstrategy, o.amopopr::regoperator, o.amoppurpose,
                      (SELECT s.opfnamespace::regnamespace || '.' || quote_ident(s.opfname)
                       FROM pg_opfamily s WHERE s.oid = o.amopsortfamily)) AS line
             FROM pg_amop o WHERE o.amopfamily = f.oid
             UNION ALL
             SELECT concat_ws(' ', 'FUNCTION', p.amprocnum, format_type(p.amproclefttype, NULL),
                      format_type(p.amprocrighttype, NULL), p.amproc::regprocedure)
             FROM pg_amproc p WHERE p.amprocfamily = f.oid) AS lines)),
        false
      FROM pg_opfamily f JOIN namespaces n ON n.oid = f.opfnamespace
      JOIN pg_am a ON a.oid = f.opfmethod
      WHERE NOT EXISTS (SELECT FROM members m
                        WHERE m.classid = 'pg_opfamily'::regclass AND m.objid = f.oid)
      UNION ALL
      SELECT 'cast', format_type(c.castsource, NULL) || ' AS ' || format_type(c.casttarget, NULL),
        concat_ws(' ',
          CASE c.castmethod WHEN 'i' THEN 'WITH INOUT' WHEN 'b' THEN 'WITHOUT FUNCTION'
            ELSE 'WITH FUNCTION ' || c.castfunc::regprocedure END,
          CASE c.castcontext WHEN 'a' THEN 'AS ASSIGNMENT' WHEN 'i' THEN 'AS IMPLICIT' END),
        false
      FROM pg_cast c
      WHERE c.oid >= 16384
        AND NOT EXISTS (SELECT FROM members m
                        WHERE m.classid = 'pg_cast'::regclass AND m.objid = c.oid)
      """;

  static final String TEXT_SEARCH =
      """
      SELECT 'text search configuration', quote_ident(n.nspname) || '.' || quote_ident(c.cfgname),
        concat_ws(E'\\n',
          'PARSER ' || (SELECT p.prsnamespace::regnamespace || '.' || quote_ident(p.prsname)
                        FROM pg_ts_parser p WHERE p.oid = c.cfgparser),
          (SELECT string_agg(m.maptokentype::text || ' ' || m.mapdict::regdictionary, E'\\n'
                             ORDER BY m.maptokentype, m.mapseqno)
           FROM pg_ts_config_map m WHERE m.mapcfg = c.oid)),
        false
      FROM pg_ts_config c JOIN namespaces n ON n.oid = c.cfgnamespace
      WHERE NOT EXISTS (SELECT FROM members m
                        WHERE m.classid = 'pg_ts_config'::regclass AND m.objid = c.oid)
      UNION ALL
      SELECT 'text search dictionary', quote_ident(n.nspname) || '.' || quote_ident(d.dictname),
        concat_ws(' ',
          'TEMPLATE ' || (SELECT t.tmplnamespace::regnamespace || '.' || quote_ident(t.tmplname)
                          FROM pg_ts_template t WHERE t.oid = d.dicttemplate),
          d.dictinitoption),
        false
      FROM pg_ts_dict d JOIN namespaces n ON n.oid = d.dictnamespace
      WHERE NOT EXISTS (SELECT FROM members m
                        WHERE m.classid = 'pg_ts_dict'::regclass AND m.objid = d.oid)
      UNION ALL
      SELECT 'text search parser', quote_ident(n.nspname) || '.' || quote_ident(p.prsname),
        concat_ws(' ', p.prsstart, p.prstoken, p.prsend, p.prsheadline, p.prslextype),
        false
      FROM pg_ts_parser p JOIN namespaces n ON n.oid = p.prsnamespace
      WHERE NOT EXISTS (SELECT FROM members m
                        WHERE m.classid = 'pg_ts_parser'::regclass AND m.objid = p.oid)
      UNION ALL
      SELECT 'text search template', quote_ident(n.nspname) || '.' || quote_ident(t.tmplname),
        concat_ws(' ', t.tmplinit, t.tmpllexize),
        false
      FROM pg_ts_template t JOIN namespaces n ON n.oid = t.tmplnamespace
      WHERE NOT EXISTS (SELECT FROM members m
                        WHERE m.classid = 'pg_ts_template'::regclass AND m.objid = t.oid)
      """;

  static String collations(int major) {
    String locale =
        major >= 17
            ? "c.colllocale, c.collicurules"
            : major >= 16
                ? "c.colliculocale, c.collicurules"
                : major == 15 ? "c.colliculocale" : "NULL";
    return """
    SELECT 'collation', quote_ident(n.nspname) || '.' || quote_ident(c.collname),
      concat_ws(' ', 'PROVIDER', c.collprovider, c.collcollate, c.collctype, %s,
        CASE WHEN NOT c.collisdeterministic THEN 'NONDETERMINISTIC' END),
      false
    FROM pg_collation c JOIN namespaces n ON n.oid = c.collnamespace
    WHERE c.collencoding IN (-1, (SELECT encoding FROM pg_database
                                  WHERE datname = current_database()))
      AND NOT EXISTS (SELECT FROM members m
                      WHERE m.classid = 'pg_collation'::regclass AND m.objid = c.oid)
    UNION ALL
    SELECT 'conversion', quote_ident(n.nspname) || '.' || quote_ident(c.conname),
      concat_ws(' ', pg_encoding_to_char(c.conforencoding), 'TO',
        pg_encoding_to_char(c.contoencoding), c.conproc::regproc,
        CASE WHEN c.condefault THEN 'DEFAULT' END),
      false
    FROM pg_conversion c JOIN namespaces n ON n.oid = c.connamespace
    WHERE NOT EXISTS (SELECT FROM members m
                      WHERE m.classid = 'pg_conversion'::regclass AND m.objid = c.oid)
    """
        .formatted(locale);
  }
}
