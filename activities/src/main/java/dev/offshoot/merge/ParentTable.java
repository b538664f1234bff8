package dev.offshoot.merge;

import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.TableName;
import dev.offshoot.sql.ConstantDefault;
import dev.offshoot.sql.Identifiers;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A table as the parent has it now.
 *
 * @param oid object id
 * @param name its name
 * @param partitioned whether it holds rows only through partitions
 * @param columns the columns that can be written, in order
 */
record ParentTable(long oid, TableName name, boolean partitioned, List<Column> columns) {

  /**
   * @param number attribute number
   * @param name unquoted
   * @param type as {@code format_type} prints it
   * @param storedAs its type as SQL; a domain's underlying one, which has no constraints
   * @param collate its COLLATE clause; empty if its type has no collations
   * @param identityAlways whether an UPDATE may not set it
   * @param usual what a row that does not name it has there, as text, if that is a value and was
   *     asked for
   */
  record Column(
      int number,
      String name,
      String type,
      String storedAs,
      String collate,
      boolean identityAlways,
      @Nullable String usual) {

    private Column withUsual(ParentSession session, long table) throws SQLException {
      return new Column(
          number,
          name,
          type,
          storedAs,
          collate,
          identityAlways,
          ConstantDefault.of(session.connection(), table, number, type).orElse(null));
    }

    /** For a temporary table that holds its values in column {@code as}. */
    String definition(String as) {
      return as + " " + storedAs + collate;
    }

    String quoted() {
      return Identifiers.quote(name);
    }
  }

  /**
   * @param column a column of the key
   * @param equals the operator under which the key's index knows equal values, as SQL
   */
  record KeyColumn(Column column, String equals) {}

  private static final String TABLE =
      """
      SELECT c.oid, c.relkind = 'p' AS partitioned, row_security_active(c.oid) AS secured
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = ? AND c.relname = ? AND c.relkind IN ('r', 'p')
        AND c.relpersistence <> 't'
      """;

  private static final String COLUMNS =
      """
      WITH RECURSIVE stored (attnum, type, typmod) AS (
        SELECT a.attnum, a.atttypid, a.atttypmod FROM pg_attribute a
        WHERE a.attrelid = ?::oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
        UNION ALL
        SELECT s.attnum, t.typbasetype, t.typtypmod
        FROM stored s JOIN pg_type t ON t.oid = s.type WHERE t.typtype = 'd'
      )
      SELECT a.attnum, a.attname, format_type(a.atttypid, a.atttypmod) AS type,
        format_type(s.type, s.typmod) AS stored_as,
        coalesce(
          (SELECT ' COLLATE ' || quote_ident(n.nspname) || '.' || quote_ident(l.collname)
           FROM pg_collation l JOIN pg_namespace n ON n.oid = l.collnamespace
           WHERE l.oid = a.attcollation), '') AS collate,
        a.attidentity = 'a' AS identity_always
      FROM stored s
      JOIN pg_type t ON t.oid = s.type AND t.typtype <> 'd'
      JOIN pg_attribute a ON a.attrelid = ?::oid AND a.attnum = s.attnum
      ORDER BY a.attnum
      """;

  /** Of the operators of a btree's family, number 3 is equality. */
  private static final String KEY =
      """
      SELECT k.attnum, 'OPERATOR(' || quote_ident(n.nspname) || '.' || o.oprname || ')' AS equals
      FROM (
        SELECT i.indkey, i.indclass, i.indnkeyatts
        FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam
        WHERE i.indrelid = ?::oid AND i.indisunique AND i.indisvalid AND m.amname = 'btree'
          AND i.indpred IS NULL AND i.indexprs IS NULL
          AND (SELECT array_agg(u.attnum::int ORDER BY u.attnum)
               FROM unnest(i.indkey) WITH ORDINALITY AS u (attnum, place)
               WHERE u.place <= i.indnkeyatts) = ?::int[]
        ORDER BY i.indisprimary DESC, x.relname LIMIT 1) AS key,
        unnest(key.indkey, key.indclass) WITH ORDINALITY AS k (attnum, opclass, place)
      JOIN pg_opclass c ON c.oid = k.opclass
      JOIN pg_amop p ON p.amopfamily = c.opcfamily AND p.amopstrategy = 3
        AND p.amoplefttype = c.opcintype AND p.amoprighttype = c.opcintype
      JOIN pg_operator o ON o.oid = p.amopopr
      JOIN pg_namespace n ON n.oid = o.oprnamespace
      WHERE k.place <= key.indnkeyatts
      ORDER BY k.place
      """;

  /**
   * The table of that name; empty if the parent has none.
   *
   * @throws OffshootException {@code PARENT_UNSUITABLE} if row security hides rows from the owner
   */
  static Optional<ParentTable> find(ParentSession session, TableName name) throws SQLException {
    List<ParentTable> found =
        session.list(
            TABLE,
            row -> {
              if (row.getBoolean("secured")) {
                throw new OffshootException(
                    ErrorCode.PARENT_UNSUITABLE,
                    "%s: row security is forced on table %s, so its owner does not see every row; give the role BYPASSRLS or the table NO FORCE ROW LEVEL SECURITY"
                        .formatted(session.parent(), name));
              }
              return new ParentTable(
                  row.getLong("oid"), name, row.getBoolean("partitioned"), List.of());
            },
            name.schema(),
            name.name());
    if (found.isEmpty()) {
      return Optional.empty();
    }
    ParentTable table = found.get(0);
    List<Column> columns =
        session.list(
            COLUMNS,
            row ->
                new Column(
                    row.getInt("attnum"),
                    row.getString("attname"),
                    row.getString("type"),
                    row.getString("stored_as"),
                    row.getString("collate"),
                    row.getBoolean("identity_always"),
                    null),
            table.oid(),
            table.oid());
    return Optional.of(new ParentTable(table.oid(), name, table.partitioned(), columns));
  }

  Optional<Column> column(String name) {
    return columns.stream().filter(column -> column.name().equals(name)).findFirst();
  }

  /** The same column with its usual value. */
  Column withUsual(ParentSession session, Column column) throws SQLException {
    return column.withUsual(session, oid);
  }

  /**
   * Those columns with the operators of a unique index over exactly them; empty if there is no such
   * index, so that they name no row.
   */
  List<KeyColumn> key(ParentSession session, List<Column> keyColumns) throws SQLException {
    TreeSet<Integer> numbers = new TreeSet<>();
    keyColumns.forEach(column -> numbers.add(column.number()));
    List<KeyColumn> key = new ArrayList<>();
    session.list(
        KEY,
        row -> {
          int number = row.getInt("attnum");
          String equals = row.getString("equals");
          keyColumns.stream()
              .filter(column -> column.number() == number)
              .forEach(column -> key.add(new KeyColumn(column, equals)));
          return equals;
        },
        oid,
        session.connection().createArrayOf("int4", numbers.toArray()));
    return List.copyOf(key);
  }

  String quoted() {
    return Identifiers.quote(name);
  }

  /** For FROM, UPDATE and DELETE: this table's own rows or its partitions', never its heirs'. */
  String rows() {
    return partitioned ? quoted() : "ONLY " + quoted();
  }
}
