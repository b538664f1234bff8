package dev.offshoot.sql;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

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

  /**
   * Kinds of objects that most databases do not have. Planning the whole query takes longer than
   * running it, so each is asked for only where the server has any that it was not born with.
   */
  enum Seldom {
    SEQUENCES("EXISTS (SELECT FROM pg_sequence)"),
    STATISTICS("EXISTS (SELECT FROM pg_statistic_ext)"),
    OPERATORS_AND_CASTS(
        made("pg_operator", "pg_opclass", "pg_opfamily", "pg_amop", "pg_amproc", "pg_cast")),
    TEXT_SEARCH(made("pg_ts_config", "pg_ts_dict", "pg_ts_parser", "pg_ts_template")),
    COLLATIONS(made("pg_collation", "pg_conversion")),
    FOREIGN("EXISTS (SELECT FROM pg_foreign_data_wrapper)"),
    PUBLICATIONS("EXISTS (SELECT FROM pg_publication)");

    /** What a server gets when it is made has a smaller id (FirstNormalObjectId). */
    private static final int FIRST_OF_USERS = 16384;

    private final String present;

    Seldom(String present) {
      this.present = present;
    }

    private static String made(String... catalogs) {
      return Arrays.stream(catalogs)
          .map(
              catalog ->
                  "EXISTS (SELECT FROM %s WHERE oid >= %d)".formatted(catalog, FIRST_OF_USERS))
          .collect(Collectors.joining(" OR "));
    }

    private String part(int major) {
      return switch (this) {
        case SEQUENCES -> RelationDefinitions.SEQUENCES;
        case STATISTICS -> RoutineDefinitions.STATISTICS;
        case OPERATORS_AND_CASTS -> RoutineDefinitions.OPERATORS_AND_CASTS;
        case TEXT_SEARCH -> RoutineDefinitions.TEXT_SEARCH;
        case COLLATIONS -> RoutineDefinitions.collations(major);
        case FOREIGN -> DatabaseDefinitions.FOREIGN;
        case PUBLICATIONS -> DatabaseDefinitions.publications(major);
      };
    }
  }

  /** One row with a boolean for each of {@link Seldom}, by its name. */
  static final String PRESENT =
      Arrays.stream(Seldom.values())
          .map(seldom -> seldom.present + " AS " + seldom.name())
          .collect(Collectors.joining(", ", "SELECT ", ""));

  /** The query for a server of major version {@code major}, 14 or newer, that has those. */
  static String forServer(int major, Set<Seldom> present) {
    List<String> parts =
        new ArrayList<>(
            List.of(
                RelationDefinitions.RELATIONS,
                RelationDefinitions.columns(major),
                RelationDefinitions.CONSTRAINTS,
                RelationDefinitions.INDEXES,
                RelationDefinitions.TRIGGERS_RULES_POLICIES,
                RoutineDefinitions.ROUTINES,
                RoutineDefinitions.TYPES,
                DatabaseDefinitions.DATABASE_WIDE,
                DatabaseDefinitions.COMMENTS_AND_LABELS,
                DatabaseDefinitions.PRIVILEGES));
    present.forEach(seldom -> parts.add(seldom.part(major)));
    return PREAMBLE + String.join("\nUNION ALL\n", parts) + "\nORDER BY 1, 2, 3";
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
