package dev.offshoot.merge;

import dev.offshoot.merge.ParentTable.Column;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What keeps rows of a table apart besides its key: a unique index, also over expressions and with
 * a condition, or an exclusion constraint.
 *
 * @param name its name
 * @param expressions what it is over, as SQL that names columns alone
 * @param equals the operators under which it knows equal values; empty for an exclusion constraint,
 *     whose operators are others
 * @param condition which rows it is about, as such SQL; absent for all
 * @param columns names of the columns that it looks at
 */
record UniqueIndex(
    String name,
    List<String> expressions,
    List<String> equals,
    @Nullable String condition,
    List<String> columns) {
  private static final String OF_TABLE =
      """
      SELECT x.relname, pg_get_expr(i.indpred, i.indrelid) AS condition,
        (SELECT array_agg('(' || pg_get_indexdef(i.indexrelid, k.place::int, false) || ')'
             || coalesce((SELECT ' COLLATE ' || quote_ident(n.nspname) || '.' || quote_ident(l.collname)
                          FROM pg_collation l JOIN pg_namespace n ON n.oid = l.collnamespace
                          WHERE l.oid = k.collid), '')
             ORDER BY k.place)
         FROM unnest(i.indcollation) WITH ORDINALITY AS k (collid, place)
         WHERE k.place <= i.indnkeyatts) AS expressions,
        (SELECT array_agg('OPERATOR(' || quote_ident(n.nspname) || '.' || o.oprname || ')'
                          ORDER BY k.place)
         FROM unnest(i.indclass) WITH ORDINALITY AS k (opclass, place)
         JOIN pg_opclass c ON c.oid = k.opclass
         JOIN pg_amop p ON p.amopfamily = c.opcfamily AND p.amopstrategy = 3
           AND p.amoplefttype = c.opcintype AND p.amoprighttype = c.opcintype
         JOIN pg_operator o ON o.oid = p.amopopr
         JOIN pg_namespace n ON n.oid = o.oprnamespace
         WHERE k.place <= i.indnkeyatts AND NOT i.indisexclusion) AS equals,
        (SELECT array_agg(DISTINCT a.attname::text)
         FROM pg_attribute a
         WHERE a.attrelid = i.indrelid AND a.attnum > 0
           AND (a.attnum = ANY (i.indkey)
                OR EXISTS (SELECT FROM pg_depend d
                           WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid
                             AND d.refclassid = 'pg_class'::regclass AND d.refobjid = i.indrelid
                             AND d.refobjsubid = a.attnum))) AS columns
      FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
      WHERE i.indrelid = ?::oid AND (i.indisunique OR i.indisexclusion) AND i.indislive
      ORDER BY x.relname
      """;

  /** Those of the table, without those over exactly its key. */
  static List<UniqueIndex> besidesKey(ParentSession session, TableMerge table) throws SQLException {
    Set<String> key = new HashSet<>();
    table.key().forEach(part -> key.add(part.column().name()));
    return session.list(OF_TABLE, UniqueIndex::read, table.target().oid()).stream()
        .filter(index -> index.condition != null || !key.equals(new HashSet<>(index.columns)))
        .toList();
  }

  private static UniqueIndex read(ResultSet row) throws SQLException {
    return new UniqueIndex(
        row.getString("relname"),
        strings(row.getArray("expressions")),
        strings(row.getArray("equals")),
        row.getString("condition"),
        strings(row.getArray("columns")));
  }

  private static List<String> strings(@Nullable Array array) throws SQLException {
    return array == null ? List.of() : List.of((String[]) array.getArray());
  }

  /**
   * A subquery with the values {@code e1…} that the index has for some rows, and what names these
   * rows; holds under any search path. Empty if the rows do not hold every column that the index
   * looks at, or if its operators cannot be used.
   *
   * @param names columns of the subquery that name a row, with SQL for each
   * @param from the rows, as a FROM clause and WHERE
   * @param value a column's value in them, as SQL
   */
  Optional<String> values(
      TableMerge table, Map<String, String> names, String from, Function<Column, String> value) {
    Optional<List<Column>> held = table.writable(columns);
    if (held.isEmpty() || equals.size() != expressions.size()) {
      return Optional.empty();
    }
    List<String> inner = new ArrayList<>();
    List<String> outer = new ArrayList<>();
    // The expressions see columns by their own names; ours must not be among them.
    names.forEach(
        (name, sql) -> {
          inner.add("%s AS \"offshoot %s\"".formatted(sql, name));
          outer.add("\"offshoot %1$s\" AS %1$s".formatted(name));
        });
    held.get().forEach(column -> inner.add(value.apply(column) + " AS " + column.quoted()));
    for (int i = 0; i < expressions.size(); i++) {
      outer.add("%s AS e%d".formatted(expressions.get(i), i + 1));
    }
    return Optional.of(
        SqlTemplate.fill(
            "(SELECT {outer} FROM (SELECT {inner} FROM {from}) AS \"offshoot rows\" WHERE {condition})",
            Map.of(
                "outer",
                String.join(", ", outer),
                "inner",
                String.join(", ", inner),
                "from",
                from,
                "condition",
                condition == null ? "true" : condition)));
  }

  /** The condition that two such subqueries' rows are equal to the index. */
  String meet(String one, String other) {
    List<String> each = new ArrayList<>();
    for (int i = 0; i < equals.size(); i++) {
      each.add("%s.e%d %s %s.e%d".formatted(one, i + 1, equals.get(i), other, i + 1));
    }
    return String.join(" AND ", each);
  }
}
