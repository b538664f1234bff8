package dev.offshoot.diff;

import dev.offshoot.sql.Identifiers;
import dev.offshoot.sql.Literals;
import dev.offshoot.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the objects of one database are called, by their object ids: told before and after the
 * rehearsal, it tells what was renamed, made and dropped.
 *
 * @param objects in the order in which they are renamed back
 */
record CatalogNames(Map<Key, Named> objects) {
  /** What keeps contents that no statement brings back. */
  private static final Set<String> WITH_CONTENTS =
      Set.of("TABLE", "FOREIGN TABLE", "MATERIALIZED VIEW", "SEQUENCE", "COLUMN");

  /**
   * @param oid object id; a column's is its table's
   * @param part attribute number of a column; 0 for all else
   */
  record Key(long oid, int part) {}

  /**
   * @param kind its kind as ALTER calls it
   * @param schema its schema; absent for what lives in none
   * @param name its name
   * @param of object id of the table, or type of a label, that it belongs to; 0 for all else
   * @param arguments of a routine
   */
  record Named(
      String kind, @Nullable String schema, String name, long of, @Nullable String arguments) {

    /** Its name as SQL, with its schema. */
    String quoted() {
      String own = Identifiers.quote(name);
      String qualified = schema == null ? own : Identifiers.quote(schema) + "." + own;
      return arguments == null ? qualified : qualified + "(" + arguments + ")";
    }
  }

  /** Unqualified names mean the server's own, under the search path of the rehearsal. */
  private static final String ALL =
      """
      WITH spaces AS (
        SELECT oid, nspname FROM pg_namespace
        WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'offshoot')
      ), relations AS (
        SELECT c.*, s.nspname FROM pg_class c JOIN spaces s ON s.oid = c.relnamespace
        WHERE c.relpersistence <> 't'
      )
      SELECT 1 AS rank, oid, 0 AS part, 'SCHEMA' AS kind, NULL AS schema, nspname AS name,
        0::oid AS of, NULL AS arguments
      FROM spaces
      UNION ALL
      SELECT 2, oid, 0,
        CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'
          WHEN 'S' THEN 'SEQUENCE' WHEN 'f' THEN 'FOREIGN TABLE' WHEN 'c' THEN 'TYPE'
          WHEN 'i' THEN 'INDEX' WHEN 'I' THEN 'INDEX' ELSE 'TABLE' END,
        nspname, relname, 0, NULL
      FROM relations r
      WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f', 'c')
         OR relkind IN ('i', 'I')
            AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = r.oid)
      UNION ALL
      SELECT 3, r.oid, a.attnum, CASE r.relkind WHEN 'c' THEN 'ATTRIBUTE' ELSE 'COLUMN' END,
        NULL, a.attname, r.oid, NULL
      FROM relations r JOIN pg_attribute a ON a.attrelid = r.oid
      WHERE r.relkind IN ('r', 'p', 'f', 'c') AND a.attnum > 0 AND NOT a.attisdropped
      UNION ALL
      SELECT 4, k.oid, 0, 'CONSTRAINT', NULL, k.conname, r.oid, NULL
      FROM pg_constraint k JOIN relations r ON r.oid = k.conrelid
      WHERE k.conparentid = 0
      UNION ALL
      SELECT 5, t.oid, 0, CASE t.typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END, s.nspname,
        t.typname, 0, NULL
      FROM pg_type t JOIN spaces s ON s.oid = t.typnamespace
      WHERE t.typtype IN ('d', 'e', 'r') AND t.typrelid = 0
      UNION ALL
      SELECT 6, e.oid, 0, 'VALUE', NULL, e.enumlabel, e.enumtypid, NULL
      FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid JOIN spaces s ON s.oid = t.typnamespace
      UNION ALL
      SELECT 7, p.oid, 0, 'ROUTINE', s.nspname, p.proname, 0,
        pg_get_function_identity_arguments(p.oid)
      FROM pg_proc p JOIN spaces s ON s.oid = p.pronamespace
      UNION ALL
      SELECT 8, t.oid, 0, 'TRIGGER', NULL, t.tgname, r.oid, NULL
      FROM pg_trigger t JOIN relations r ON r.oid = t.tgrelid
      WHERE NOT t.tgisinternal AND t.tgparentid = 0
      UNION ALL
      SELECT 8, p.oid, 0, 'POLICY', NULL, p.polname, r.oid, NULL
      FROM pg_policy p JOIN relations r ON r.oid = p.polrelid
      UNION ALL
      SELECT 8, w.oid, 0, 'RULE', NULL, w.rulename, r.oid, NULL
      FROM pg_rewrite w JOIN relations r ON r.oid = w.ev_class WHERE w.rulename <> '_RETURN'
      ORDER BY 1, 2, 3
      """;

  static CatalogNames read(Connection base) throws SQLException {
    Map<Key, Named> objects = new LinkedHashMap<>();
    Sql.list(
        base,
        ALL,
        row ->
            objects.put(
                new Key(row.getLong("oid"), row.getInt("part")),
                new Named(
                    row.getString("kind"),
                    row.getString("schema"),
                    row.getString("name"),
                    row.getLong("of"),
                    row.getString("arguments"))));
    return new CatalogNames(objects);
  }

  /**
   * What had contents before and is now gone or called otherwise: {@code table public.t}; empty if
   * there is nothing like that.
   */
  Optional<String> missing(CatalogNames now) {
    return objects.entrySet().stream()
        .filter(entry -> WITH_CONTENTS.contains(entry.getValue().kind()))
        .filter(entry -> !entry.getValue().equals(now.objects.get(entry.getKey())))
        .findFirst()
        .map(entry -> described(entry.getValue()));
  }

  /** Everything that had contents before and is now gone; a table stands for its columns. */
  List<String> dropped(CatalogNames now) {
    return objects.entrySet().stream()
        .filter(entry -> WITH_CONTENTS.contains(entry.getValue().kind()))
        .filter(entry -> !now.objects.containsKey(entry.getKey()))
        .map(Map.Entry::getValue)
        .filter(object -> object.of() == 0 || now.objects.containsKey(new Key(object.of(), 0)))
        .map(this::described)
        .toList();
  }

  private String described(Named object) {
    @Nullable Named table = objects.get(new Key(object.of(), 0));
    return "%s %s"
        .formatted(
            object.kind().toLowerCase(Locale.ROOT),
            table == null ? object.quoted() : table.quoted() + "." + object.quoted());
  }

  /** Of those only that {@code original} has too: what was made since has other object ids. */
  CatalogNames of(CatalogNames original) {
    Map<Key, Named> kept = new LinkedHashMap<>(objects);
    kept.keySet().retainAll(original.objects.keySet());
    return new CatalogNames(kept);
  }

  /** Statements that give what {@code now} is called otherwise the names of here. */
  List<String> renamesBack(CatalogNames now) {
    List<String> statements = new ArrayList<>();
    objects.forEach(
        (key, old) -> {
          @Nullable Named named = now.objects.get(key);
          if (named != null) {
            rename(now, named, old).ifPresent(statements::add);
          }
        });
    return statements;
  }

  private static Optional<String> rename(CatalogNames now, Named named, Named old) {
    if (old.schema() != null && !old.schema().equals(named.schema())) {
      return Optional.of(
          "ALTER %s %s SET SCHEMA %s"
              .formatted(named.kind(), named.quoted(), Identifiers.quote(old.schema())));
    }
    if (old.name().equals(named.name())) {
      return Optional.empty();
    }
    String to = Identifiers.quote(old.name());
    @Nullable Named of = now.objects.get(new Key(named.of(), 0));
    if (of == null) {
      return Optional.of("ALTER %s %s RENAME TO %s".formatted(named.kind(), named.quoted(), to));
    }
    return Optional.of(
        switch (named.kind()) {
          case "COLUMN", "CONSTRAINT" ->
              "ALTER TABLE %s RENAME %s %s TO %s"
                  .formatted(of.quoted(), named.kind(), named.quoted(), to);
          case "ATTRIBUTE" ->
              "ALTER TYPE %s RENAME ATTRIBUTE %s TO %s".formatted(of.quoted(), named.quoted(), to);
          case "VALUE" ->
              "ALTER TYPE %s RENAME VALUE %s TO %s"
                  .formatted(of.quoted(), Literals.quote(named.name()), Literals.quote(old.name()));
          default ->
              "ALTER %s %s ON %s RENAME TO %s"
                  .formatted(named.kind(), named.quoted(), of.quoted(), to);
        });
  }
}
