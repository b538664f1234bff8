package dev.offshoot.merge;

import dev.offshoot.sql.Identifiers;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/**
 * A foreign key of the parent.
 *
 * @param name its name
 * @param child the table that refers
 * @param target the table it refers to
 * @param equals the operators that compare the target's columns with the child's, in order, as SQL
 * @param onDelete what happens with referring rows on DELETE, as pg_constraint has it
 * @param onUpdate the same on UPDATE
 * @param deferrable whether its check can wait for the end of the transaction
 */
record ForeignKey(
    String name,
    End child,
    End target,
    List<String> equals,
    Action onDelete,
    Action onUpdate,
    boolean deferrable) {

  /** What the server does with rows that refer to a row that goes. */
  enum Action {
    /** Complains in the end, which can be deferred. */
    NO_ACTION('a'),
    /** Complains at once. */
    RESTRICT('r'),
    /** Takes them along. */
    CASCADE('c'),
    SET_NULL('n'),
    SET_DEFAULT('d');

    private final char code;

    Action(char code) {
      this.code = code;
    }

    static Action of(String code) {
      for (Action action : values()) {
        if (code.equals(String.valueOf(action.code))) {
          return action;
        }
      }
      throw new IllegalArgumentException("action " + code);
    }

    /** Whether it writes rows of the referring table. */
    boolean writes() {
      return this == CASCADE || this == SET_NULL || this == SET_DEFAULT;
    }
  }

  /**
   * @param table the topmost partitioned table, or the table itself, by object id
   * @param schema schema of the very table
   * @param relation name of the very table
   * @param partitioned whether the very table is partitioned
   * @param columns columns of the key
   */
  record End(
      long table, String schema, String relation, boolean partitioned, List<String> columns) {
    String quoted() {
      return Identifiers.quote(schema) + "." + Identifiers.quote(relation);
    }

    /** For FROM: exactly the rows that the key is about. */
    String rows() {
      return partitioned ? quoted() : "ONLY " + quoted();
    }

    private static End read(ResultSet row, String end) throws SQLException {
      return new End(
          row.getLong(end + "_table"),
          row.getString(end + "_schema"),
          row.getString(end + "_relation"),
          row.getBoolean(end + "_partitioned"),
          strings(row.getArray(end + "_columns")));
    }
  }

  /**
   * Partitions' copies of a key are left out, as are keys that are not enforced, and those over
   * periods, whose operators are no plain comparisons: the server alone watches over these.
   */
  private static final String TOUCHING =
      """
      SELECT f.conname, f.confdeltype, f.confupdtype, f.condeferrable,
        coalesce(pg_partition_root(c.oid)::oid, c.oid) AS child_table,
        cn.nspname AS child_schema, c.relname AS child_relation,
        c.relkind = 'p' AS child_partitioned,
        (SELECT array_agg(a.attname::text ORDER BY k.place)
         FROM unnest(f.conkey) WITH ORDINALITY AS k (attnum, place)
         JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum) AS child_columns,
        coalesce(pg_partition_root(p.oid)::oid, p.oid) AS target_table,
        pn.nspname AS target_schema, p.relname AS target_relation,
        p.relkind = 'p' AS target_partitioned,
        (SELECT array_agg(a.attname::text ORDER BY k.place)
         FROM unnest(f.confkey) WITH ORDINALITY AS k (attnum, place)
         JOIN pg_attribute a ON a.attrelid = p.oid AND a.attnum = k.attnum) AS target_columns,
        (SELECT array_agg('OPERATOR(' || quote_ident(n.nspname) || '.' || o.oprname || ')'
                          ORDER BY k.place)
         FROM unnest(f.conpfeqop) WITH ORDINALITY AS k (operator, place)
         JOIN pg_operator o ON o.oid = k.operator
         JOIN pg_namespace n ON n.oid = o.oprnamespace) AS equals
      FROM pg_constraint f
      JOIN pg_class c ON c.oid = f.conrelid JOIN pg_namespace cn ON cn.oid = c.relnamespace
      JOIN pg_class p ON p.oid = f.confrelid JOIN pg_namespace pn ON pn.oid = p.relnamespace
      WHERE f.contype = 'f' AND f.conparentid = 0
        AND coalesce((to_jsonb(f) ->> 'conenforced')::boolean, true)
        AND NOT coalesce((to_jsonb(f) ->> 'conperiod')::boolean, false)
        AND (coalesce(pg_partition_root(c.oid)::oid, c.oid) = ANY (?::oid[])
             OR coalesce(pg_partition_root(p.oid)::oid, p.oid) = ANY (?::oid[]))
      ORDER BY cn.nspname, c.relname, f.conname
      """;

  /** The foreign keys that begin or end at one of the tables. */
  static List<ForeignKey> touching(ParentSession session, List<TableMerge> tables)
      throws SQLException {
    Array oids =
        session
            .connection()
            .createArrayOf("int8", tables.stream().map(table -> table.target().oid()).toArray());
    return session.list(TOUCHING, ForeignKey::read, oids, oids);
  }

  private static ForeignKey read(ResultSet row) throws SQLException {
    return new ForeignKey(
        row.getString("conname"),
        End.read(row, "child"),
        End.read(row, "target"),
        strings(row.getArray("equals")),
        Action.of(row.getString("confdeltype")),
        Action.of(row.getString("confupdtype")),
        row.getBoolean("condeferrable"));
  }

  private static List<String> strings(Array array) throws SQLException {
    return List.of((String[]) array.getArray());
  }

  /** For messages: {@code orders_customer_fkey of public.orders}. */
  @Override
  public String toString() {
    return name + " of " + child.schema() + "." + child.relation();
  }
}
