package dev.offshoot.generated;

import dev.offshoot.domain.TableName;
import dev.offshoot.sql.Identifiers;
import dev.offshoot.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * All rows of a database as text, table by table; partitions are part of their root. Read as
 * superuser, hence for tests only.
 *
 * @param added what {@code ADD COLUMN … DEFAULT} gave to every row that was there, by {@code
 *     tableoid} and column
 */
record Rows(Map<String, Table> tables, Map<List<String>, String> added) {

  /**
   * @param name quoted and qualified
   * @param id the same as the catalog has it
   * @param columns writable ones in order
   * @param usual by column, what a row has there that does not name it, where that is a value
   * @param key places in {@code columns}; empty if the rows are a multiset
   */
  record Table(
      String name,
      TableName id,
      List<String> columns,
      Map<String, String> usual,
      List<Integer> key,
      List<Row> rows) {
    int place(String column) {
      return columns.indexOf(column);
    }
  }

  /**
   * @param at where it is, as {@code tableoid} and {@code ctid}
   */
  record Row(List<String> at, List<@Nullable String> values) {}

  /** The columns of what names a row of table {@code c}: the primary key, or the next best. */
  static final String KEY =
      """
      array(SELECT a.attname::text FROM (
              SELECT i.indkey, i.indnkeyatts FROM pg_index i
              JOIN pg_class x ON x.oid = i.indexrelid
              WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid
                AND i.indpred IS NULL AND i.indexprs IS NULL
                AND NOT EXISTS (
                  SELECT FROM generate_series(0, i.indnkeyatts - 1) AS place, pg_attribute b
                  WHERE b.attrelid = c.oid AND b.attnum = i.indkey[place]
                    AND (NOT b.attnotnull OR b.attgenerated <> ''))
              ORDER BY i.indisprimary DESC, i.indnkeyatts, x.relname LIMIT 1) AS best,
              generate_series(0, best.indnkeyatts - 1) AS place, pg_attribute a
            WHERE a.attrelid = c.oid AND a.attnum = best.indkey[place] ORDER BY place)
      """;

  private static final String TABLES =
      """
      SELECT format('%%I.%%I', n.nspname, c.relname) AS name, n.nspname, c.relname, c.relkind = 'p' AS partitioned,
        array(SELECT a.attname::text FROM pg_attribute a
              WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
              ORDER BY a.attnum) AS columns,
        %s AS key
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't'
        AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'offshoot', 'offshoot_capture')
      """
          .formatted(KEY);

  private static final String DEFAULTS =
      """
      SELECT a.attname, pg_get_expr(d.adbin, d.adrelid), format_type(a.atttypid, a.atttypmod)
      FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
      JOIN pg_class c ON c.oid = d.adrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = ? AND c.relname = ? AND a.attgenerated = ''
      """;

  private static final String ADDED =
      """
      SELECT attrelid::text, attname, array_to_string(attmissingval, '') AS value
      FROM pg_attribute WHERE attmissingval IS NOT NULL
      """;

  static Rows read(Connection connection) throws SQLException {
    Map<String, Table> tables = new TreeMap<>();
    record Found(
        String name, TableName id, boolean partitioned, List<String> columns, List<String> key) {}
    List<Found> found =
        Sql.list(
            connection,
            TABLES,
            row ->
                new Found(
                    row.getString("name"),
                    new TableName(row.getString("nspname"), row.getString("relname")),
                    row.getBoolean("partitioned"),
                    strings(row.getArray("columns").getArray()),
                    strings(row.getArray("key").getArray())));
    for (Found each : found) {
      List<Integer> key = each.key().stream().map(each.columns()::indexOf).toList();
      tables.put(
          each.name(),
          new Table(
              each.name(),
              each.id(),
              each.columns(),
              usual(connection, each.id()),
              key,
              rows(connection, each.name(), each.partitioned(), each.columns())));
    }
    Map<List<String>, String> added = new HashMap<>();
    Sql.list(
        connection,
        ADDED,
        row ->
            added.put(
                List.of(row.getString("attrelid"), row.getString("attname")),
                row.getString("value")));
    return new Rows(tables, added);
  }

  /** Whether nobody has written a value into a column which was added. */
  boolean untouched(Table table, Row row, String column) {
    @Nullable String value = row.values().get(table.place(column));
    return value == null
        || value.equals(table.usual().get(column))
        || value.equals(added.get(List.of(row.at().get(0), column)));
  }

  private static Map<String, String> usual(Connection connection, TableName table)
      throws SQLException {
    record Default(String column, String expression, String type) {}
    Map<String, String> usual = new HashMap<>();
    for (Default each :
        Sql.list(
            connection,
            DEFAULTS,
            row -> new Default(row.getString(1), row.getString(2), row.getString(3)),
            table.schema(),
            table.name())) {
      @Nullable String value = Drops.usual(connection, each.expression(), each.type());
      if (value != null) {
        usual.put(each.column(), value);
      }
    }
    return usual;
  }

  private static List<Row> rows(
      Connection connection, String table, boolean partitioned, List<String> columns)
      throws SQLException {
    String images =
        columns.stream()
            .map(Identifiers::quote)
            .map(
                column ->
                    ", CASE WHEN t.%1$s IS DISTINCT FROM NULL THEN format('%%s', t.%1$s) END"
                        .formatted(column))
            .collect(Collectors.joining());
    return Sql.list(
        connection,
        "SELECT t.tableoid::text, t.ctid::text%s FROM %s%s AS t"
            .formatted(images, partitioned ? "" : "ONLY ", table),
        row -> {
          List<@Nullable String> values = new ArrayList<>();
          for (int i = 0; i < columns.size(); i++) {
            values.add(row.getString(i + 3));
          }
          return new Row(List.of(row.getString(1), row.getString(2)), values);
        });
  }

  private static List<String> strings(Object array) {
    return List.copyOf(Arrays.asList((String[]) array));
  }
}
