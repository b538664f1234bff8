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
                RelationDefinitions.RELATIONS,
                RelationDefinitions.columns(major),
                RelationDefinitions.CONSTRAINTS,
                RelationDefinitions.INDEXES,
                RelationDefinitions.SEQUENCES,
                RelationDefinitions.TRIGGERS_RULES_POLICIES,
                RoutineDefinitions.ROUTINES,
                RoutineDefinitions.TYPES,
                RoutineDefinitions.STATISTICS,
                RoutineDefinitions.OPERATORS_AND_CASTS,
                RoutineDefinitions.TEXT_SEARCH,
                RoutineDefinitions.collations(major),
                DatabaseDefinitions.FOREIGN,
                DatabaseDefinitions.publications(major),
                DatabaseDefinitions.DATABASE_WIDE,
                DatabaseDefinitions.COMMENTS_AND_LABELS,
                DatabaseDefinitions.PRIVILEGES))
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
        WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'offshoot', 'offshoot_capture')
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
}
