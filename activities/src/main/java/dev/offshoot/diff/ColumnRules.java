package dev.offshoot.diff;

import dev.offshoot.sql.Identifiers;
import dev.offshoot.sql.Sql;
import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What tables demand of their rows, read from the catalog by object id.
 *
 * @param columns by table and attribute number
 * @param constraints by table and name
 */
record ColumnRules(
    Map<CatalogNames.Key, Column> columns, Map<List<Object>, Constraint> constraints) {

  /**
   * @param table its table's name as SQL
   * @param name its name as SQL
   * @param fallback its default as SQL; absent if there is none or it is computed
   * @param notNull whether it refuses null
   * @param notNullName name as SQL of the constraint that does; absent where the server, older than
   *     18, has none
   * @param heirOf object ids of the tables that its table is a partition or an heir of
   * @param identity whether the server numbers it
   * @param primary whether it is part of the primary key
   */
  record Column(
      String table,
      String name,
      @Nullable String fallback,
      boolean notNull,
      @Nullable String notNullName,
      Set<Long> heirOf,
      boolean identity,
      boolean primary) {
    boolean lacks(@Nullable Column now) {
      return now != null && notNull && !now.notNull;
    }
  }

  /**
   * @param table object id of its table
   * @param drop the statement that drops it
   * @param unique attribute numbers that it makes unique; empty if it is another kind
   */
  record Constraint(long table, String drop, Set<Integer> unique) {}

  private static final String COLUMNS =
      """
      SELECT c.oid, a.attnum, n.nspname, c.relname, a.attname, a.attnotnull,
        (SELECT k.conname FROM pg_constraint k
         WHERE k.conrelid = c.oid AND k.contype = 'n' AND k.conkey = ARRAY[a.attnum]) AS not_null_name,
        array(SELECT h.inhparent::bigint FROM pg_inherits h WHERE h.inhrelid = c.oid) AS heir_of,
        a.attidentity <> '' AS identity,
        CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END AS fallback,
        EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary
                AND a.attnum = ANY (i.indkey)) AS is_primary
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
      WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
        AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'offshoot')
      """;

  /** Constraints of every kind but NOT NULL, and unique indexes that back none. */
  private static final String CONSTRAINTS =
      """
      SELECT c.oid, n.nspname, c.relname, k.conname AS name, true AS is_constraint,
        CASE WHEN k.contype IN ('p', 'u') THEN k.conkey END AS columns
      FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
      JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE k.contype IN ('c', 'f', 'p', 'u', 'x') AND k.conparentid = 0
        AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'offshoot')
      UNION ALL
      SELECT c.oid, n.nspname, c.relname, x.relname, false, i.indkey::int2[]
      FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
      JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_namespace n ON n.oid = x.relnamespace
      WHERE i.indisunique AND c.relkind IN ('r', 'p')
        AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'offshoot')
        AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)
      """;

  static ColumnRules read(Connection base) throws SQLException {
    Map<CatalogNames.Key, Column> columns = new HashMap<>();
    Sql.list(
        base,
        COLUMNS,
        row ->
            columns.put(
                new CatalogNames.Key(row.getLong("oid"), row.getInt("attnum")),
                new Column(
                    Identifiers.quote(row.getString("nspname"))
                        + "."
                        + Identifiers.quote(row.getString("relname")),
                    Identifiers.quote(row.getString("attname")),
                    row.getString("fallback"),
                    row.getBoolean("attnotnull"),
                    quoted(row.getString("not_null_name")),
                    numbers(row.getArray("heir_of")),
                    row.getBoolean("identity"),
                    row.getBoolean("is_primary"))));
    Map<List<Object>, Constraint> constraints = new HashMap<>();
    Sql.list(
        base,
        CONSTRAINTS,
        row -> {
          String schema = Identifiers.quote(row.getString("nspname"));
          String name = Identifiers.quote(row.getString("name"));
          Set<Integer> unique = new TreeSet<>();
          if (row.getArray("columns") != null) {
            for (Object number : (Object[]) row.getArray("columns").getArray()) {
              unique.add(((Number) number).intValue());
            }
          }
          return constraints.put(
              List.of(row.getLong("oid"), row.getString("name")),
              new Constraint(
                  row.getLong("oid"),
                  row.getBoolean("is_constraint")
                      ? "ALTER TABLE %s.%s DROP CONSTRAINT %s"
                          .formatted(schema, Identifiers.quote(row.getString("relname")), name)
                      : "DROP INDEX %s.%s".formatted(schema, name),
                  unique));
        });
    return new ColumnRules(columns, constraints);
  }

  /** Of columns only that {@code original} has too: what was made since has other numbers. */
  ColumnRules of(CatalogNames original) {
    Map<CatalogNames.Key, Column> kept = new HashMap<>(columns);
    kept.keySet().retainAll(original.objects().keySet());
    return new ColumnRules(kept, constraints);
  }

  /**
   * Statements that take off what {@code now} demands and was not demanded here, of tables that
   * were there: the rows of then need not meet it.
   *
   * @param keys attribute numbers by which a table's changed rows are named, which stay unique
   */
  List<String> loosened(ColumnRules now, Map<Long, Set<Integer>> keys) {
    List<String> statements = new ArrayList<>();
    now.constraints.forEach(
        (name, constraint) -> {
          boolean namesRows =
              !constraint.unique().isEmpty()
                  && constraint.unique().equals(keys.get(constraint.table()));
          if (!constraints.containsKey(name) && knew(constraint.table()) && !namesRows) {
            statements.add(constraint.drop());
          }
        });
    now.columns.forEach(
        (key, column) -> {
          @Nullable Column old = columns.get(key);
          boolean wasDemanded = old != null && old.notNull();
          if (column.notNull() && !column.primary() && !wasDemanded && knew(key.oid())) {
            if (column.identity() && old == null) {
              statements.add(alter(column, "DROP IDENTITY"));
            }
            statements.add(alter(column, "DROP NOT NULL"));
          }
        });
    statements.sort(null);
    return statements;
  }

  private boolean knew(long table) {
    return columns.keySet().stream().anyMatch(key -> key.oid() == table);
  }

  /** Statements that give columns their default, and whether they may be null, as here. */
  List<String> setBack(ColumnRules now) {
    List<String> statements = new ArrayList<>();
    columns.forEach(
        (key, old) -> {
          @Nullable Column column = now.columns.get(key);
          if (column == null) {
            return;
          }
          if (column.identity() && !old.identity()) {
            statements.add(alter(column, "DROP IDENTITY"));
          }
          String fallback = old.fallback();
          if (!Objects.equals(fallback, column.fallback())) {
            statements.add(
                alter(column, fallback == null ? "DROP DEFAULT" : "SET DEFAULT " + fallback));
          }
          if (!old.notNull() && column.notNull()) {
            statements.add(alter(column, "DROP NOT NULL"));
          }
        });
    statements.sort(null);
    statements.addAll(notNull(now));
    return statements;
  }

  /**
   * A partition gets its NOT NULL with that of the whole, and under the same name; where it had
   * another name it comes first.
   */
  private List<String> notNull(ColumnRules now) {
    List<String> ofHeirs = new ArrayList<>();
    List<String> ofOthers = new ArrayList<>();
    columns.forEach(
        (key, old) -> {
          @Nullable Column column = now.columns.get(key);
          if (column != null && old.lacks(column) && !comesWithAnother(old, now)) {
            String name = old.notNullName();
            (old.heirOf().isEmpty() ? ofOthers : ofHeirs)
                .add(
                    name == null
                        ? alter(column, "SET NOT NULL")
                        : "ALTER TABLE %s ADD CONSTRAINT %s NOT NULL %s"
                            .formatted(column.table(), name, column.name()));
          }
        });
    ofHeirs.sort(null);
    ofOthers.sort(null);
    return Stream.concat(ofHeirs.stream(), ofOthers.stream()).toList();
  }

  private boolean comesWithAnother(Column heir, ColumnRules now) {
    return columns.entrySet().stream()
        .filter(other -> heir.heirOf().contains(other.getKey().oid()))
        .filter(other -> other.getValue().name().equals(heir.name()))
        .filter(other -> other.getValue().lacks(now.columns.get(other.getKey())))
        .anyMatch(other -> Objects.equals(other.getValue().notNullName(), heir.notNullName()));
  }

  private static @Nullable String quoted(@Nullable String name) {
    return name == null ? null : Identifiers.quote(name);
  }

  private static Set<Long> numbers(Array array) throws SQLException {
    Set<Long> numbers = new TreeSet<>();
    for (Object number : (Object[]) array.getArray()) {
      numbers.add(((Number) number).longValue());
    }
    return numbers;
  }

  private static String alter(Column column, String what) {
    return "ALTER TABLE %s ALTER COLUMN %s %s".formatted(column.table(), column.name(), what);
  }
}
