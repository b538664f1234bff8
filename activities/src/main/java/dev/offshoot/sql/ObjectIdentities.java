package dev.offshoot.sql;

import dev.offshoot.domain.IdentityChange;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which object bears which name. Object ids are the same in a base and its branch, so two of these
 * tell what {@link CatalogFingerprint} cannot: what was renamed, and what was dropped though
 * another one bears its name.
 *
 * @param objects by object id
 */
public record ObjectIdentities(Map<Key, Named> objects) {

  /**
   * @param catalog letter for the system catalog that has it
   * @param oid object id, a column's table's
   * @param number attribute number; 0 for all but columns
   */
  public record Key(String catalog, long oid, int number) {}

  /**
   * @param type as the catalog fingerprint names it
   * @param own its own name with its schema's id, which no renaming of others changes
   * @param identity quoted and qualified, as the catalog fingerprint has it
   */
  public record Named(String type, String own, String identity) {}

  /** Objects that hold values, which go when another one takes their place. */
  private static final Set<String> HOLDING = Set.of("table", "column", "sequence");

  private static final String OBJECTS =
      """
      WITH namespaces AS MATERIALIZED (
        SELECT oid, nspname, quote_ident(nspname) AS name FROM pg_namespace
        WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'offshoot')
      ),
      members AS MATERIALIZED (SELECT classid, objid FROM pg_depend WHERE deptype = 'e'),
      relations AS MATERIALIZED (
        SELECT c.oid, c.relnamespace, c.relname, c.relkind,
          n.name || '.' || quote_ident(c.relname) AS name
        FROM pg_class c JOIN namespaces n ON n.oid = c.relnamespace
        WHERE NOT EXISTS (
          SELECT FROM members m WHERE m.classid = 'pg_class'::regclass AND m.objid = c.oid)
      )
      SELECT 'n' AS catalog, oid, 0 AS number, 'schema' AS type, nspname::text AS own, name AS identity
      FROM namespaces
      UNION ALL
      SELECT 'c', r.oid, 0,
        CASE r.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
          WHEN 'f' THEN 'foreign table' WHEN 'S' THEN 'sequence' WHEN 'i' THEN 'index'
          WHEN 'I' THEN 'index' ELSE 'table' END,
        r.relnamespace || ' ' || r.relname, r.name
      FROM relations r
      WHERE r.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
         OR r.relkind IN ('i', 'I') AND NOT EXISTS (
           SELECT FROM pg_constraint k WHERE k.conindid = r.oid AND k.contype IN ('p', 'u', 'x'))
      UNION ALL
      SELECT 'c', r.oid, a.attnum, CASE r.relkind WHEN 'c' THEN 'attribute' ELSE 'column' END,
        a.attname, r.name || '.' || quote_ident(a.attname)
      FROM relations r JOIN pg_attribute a ON a.attrelid = r.oid
      WHERE r.relkind IN ('r', 'p', 'f', 'c') AND a.attnum > 0 AND NOT a.attisdropped
      UNION ALL
      SELECT 'k', k.oid, 0, 'constraint', k.conname, quote_ident(k.conname) || ' ON ' || r.name
      FROM pg_constraint k JOIN relations r ON r.oid = k.conrelid
      WHERE k.contype IN ('c', 'f', 'p', 'u', 'x') AND NOT (k.contype = 'f' AND k.conparentid <> 0)
      UNION ALL
      SELECT 't', t.oid, 0, 'trigger', t.tgname, quote_ident(t.tgname) || ' ON ' || r.name
      FROM pg_trigger t JOIN relations r ON r.oid = t.tgrelid WHERE NOT t.tgisinternal
      UNION ALL
      SELECT 'w', w.oid, 0, 'rule', w.rulename, quote_ident(w.rulename) || ' ON ' || r.name
      FROM pg_rewrite w JOIN relations r ON r.oid = w.ev_class WHERE w.rulename <> '_RETURN'
      UNION ALL
      SELECT 'p', p.oid, 0, 'policy', p.polname, quote_ident(p.polname) || ' ON ' || r.name
      FROM pg_policy p JOIN relations r ON r.oid = p.polrelid
      UNION ALL
      SELECT 'f', p.oid, 0,
        CASE p.prokind WHEN 'a' THEN 'aggregate' WHEN 'p' THEN 'procedure' ELSE 'function' END,
        p.pronamespace || ' ' || p.proname, p.oid::regprocedure::text
      FROM pg_proc p JOIN namespaces n ON n.oid = p.pronamespace
      WHERE NOT EXISTS (
        SELECT FROM pg_depend m WHERE m.classid = 'pg_proc'::regclass AND m.objid = p.oid
          AND m.deptype IN ('e', 'i'))
      UNION ALL
      SELECT 'y', t.oid, 0, CASE t.typtype WHEN 'd' THEN 'domain' ELSE 'type' END,
        t.typnamespace || ' ' || t.typname, n.name || '.' || quote_ident(t.typname)
      FROM pg_type t JOIN namespaces n ON n.oid = t.typnamespace
      LEFT JOIN pg_class c ON c.oid = t.typrelid
      WHERE (t.typtype IN ('b', 'd', 'e', 'r')
               AND t.typsubscript <> 'array_subscript_handler'::regproc
             OR t.typtype = 'c' AND c.relkind = 'c')
        AND NOT EXISTS (
          SELECT FROM members m WHERE m.classid = 'pg_type'::regclass AND m.objid = t.oid)
      """;

  public ObjectIdentities {
    objects = Map.copyOf(objects);
  }

  /**
   * Reads the catalog as the connection's transaction sees it. Runs nobody's code but the server's.
   * The connection's search path must be {@code pg_catalog, pg_temp}.
   */
  public static ObjectIdentities read(Connection connection) throws SQLException {
    Map<Key, Named> objects = new HashMap<>();
    Sql.list(
        connection,
        OBJECTS,
        row ->
            objects.put(
                new Key(row.getString("catalog"), row.getLong("oid"), row.getInt("number")),
                new Named(row.getString("type"), row.getString("own"), row.getString("identity"))));
    return new ObjectIdentities(objects);
  }

  /** What was renamed or replaced, by type and old name. */
  public static List<IdentityChange> changes(ObjectIdentities before, ObjectIdentities after) {
    Map<String, Named> standing = byPlace(after);
    List<IdentityChange> changes = new ArrayList<>();
    before.objects.forEach(
        (key, was) -> {
          @Nullable Named is = after.objects.get(key);
          if (is == null) {
            @Nullable Named another = standing.get(place(key, was));
            if (another != null && HOLDING.contains(was.type())) {
              changes.add(
                  new IdentityChange(
                      IdentityChange.Kind.REPLACED,
                      was.type(),
                      was.identity(),
                      another.identity()));
            }
          } else if (!is.own().equals(was.own())) {
            changes.add(
                new IdentityChange(
                    IdentityChange.Kind.RENAMED, was.type(), was.identity(), is.identity()));
          }
        });
    changes.sort(
        Comparator.comparing(IdentityChange::objectType).thenComparing(IdentityChange::before));
    return List.copyOf(changes);
  }

  private static Map<String, Named> byPlace(ObjectIdentities identities) {
    Map<String, Named> places = new HashMap<>();
    identities.objects.forEach((key, named) -> places.put(place(key, named), named));
    return places;
  }

  /** Where the name stands: in a schema, or for a column in its table. */
  private static String place(Key key, Named named) {
    return named.type() + (key.number() == 0 ? "" : " " + key.oid()) + " " + named.own();
  }
}
