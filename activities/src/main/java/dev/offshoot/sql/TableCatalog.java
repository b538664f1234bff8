package dev.offshoot.sql;

import dev.offshoot.domain.TableName;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The tables of a database as data: what may hold rows that a change set carries. Like {@link
 * CatalogFingerprint} it leaves out system and temporary schemas and {@code offshoot}; it keeps
 * tables that extensions brought, because their rows are people's.
 *
 * @param tables ordinary and partitioned tables by object id
 */
public record TableCatalog(NavigableMap<Long, Table> tables) {

  /**
   * @param oid object id; equal in a base and its branch
   * @param name its name
   * @param partitioned whether it holds rows only through partitions
   * @param partitionRoot object id of the topmost partitioned table that it is a partition of;
   *     absent if it is no partition
   * @param inheritanceChildren whether other tables inherit from it, other than as partitions
   * @param unlogged whether its rows do not survive a crash
   * @param fileNode number of its storage, which changes when it is truncated or rewritten; 0 for a
   *     partitioned table
   * @param columns in order, without dropped ones
   * @param key columns by attribute number that name a row: the primary key, else the shortest
   *     unique index over not-null, writable columns; empty if there is none
   */
  public record Table(
      long oid,
      TableName name,
      boolean partitioned,
      @Nullable Long partitionRoot,
      boolean inheritanceChildren,
      boolean unlogged,
      long fileNode,
      List<Column> columns,
      List<Integer> key) {

    /** Columns that a row is written with: all but generated ones. */
    public List<Column> writableColumns() {
      return columns.stream().filter(column -> !column.generated()).toList();
    }

    public Optional<Column> column(int number) {
      return columns.stream().filter(column -> column.number() == number).findFirst();
    }
  }

  /**
   * @param number attribute number; equal in a base and its branch
   * @param name unquoted
   * @param type as {@code format_type} prints it, qualified where it is not the server's own
   * @param baseType object id of the type, a domain's underlying one
   * @param notNull whether it refuses null
   * @param identity whether the server numbers it
   * @param generated whether it is computed from others and cannot be written
   */
  public record Column(
      int number,
      String name,
      String type,
      long baseType,
      boolean notNull,
      boolean identity,
      boolean generated) {}

  public TableCatalog {
    tables = Collections.unmodifiableNavigableMap(new TreeMap<>(tables));
  }

  /** The table of that object id. */
  public Optional<Table> table(long oid) {
    return Optional.ofNullable(tables.get(oid));
  }

  /** Without tables that {@code older} does not know by their object ids. */
  public TableCatalog amongst(TableCatalog older) {
    NavigableMap<Long, Table> known = new TreeMap<>(tables);
    known.keySet().retainAll(older.tables().keySet());
    return new TableCatalog(known);
  }

  /** The table of that name. */
  public Optional<Table> table(TableName name) {
    return tables.values().stream().filter(table -> table.name().equals(name)).findFirst();
  }

  /**
   * Reads the catalog as the connection's transaction sees it; settings and transaction are
   * afterwards as they were. Runs nobody's code but the server's.
   */
  public static TableCatalog read(Connection connection) throws SQLException {
    if (!connection.getAutoCommit()) {
      return inSavepoint(connection);
    }
    connection.setAutoCommit(false);
    try {
      return inSavepoint(connection);
    } finally {
      connection.rollback();
      connection.setAutoCommit(true);
    }
  }

  private static TableCatalog inSavepoint(Connection connection) throws SQLException {
    Savepoint savepoint = connection.setSavepoint();
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET LOCAL search_path = pg_catalog, pg_temp");
      NavigableMap<Long, List<Column>> columns = columns(statement);
      NavigableMap<Long, Table> tables = new TreeMap<>();
      try (ResultSet rows = statement.executeQuery(TABLES)) {
        while (rows.next()) {
          Table table = table(rows, columns.getOrDefault(rows.getLong("oid"), List.of()));
          tables.put(table.oid(), table);
        }
      }
      return new TableCatalog(tables);
    } finally {
      connection.rollback(savepoint);
      connection.releaseSavepoint(savepoint);
    }
  }

  private static Table table(ResultSet row, List<Column> columns) throws SQLException {
    long root = row.getLong("root");
    return new Table(
        row.getLong("oid"),
        new TableName(row.getString("nspname"), row.getString("relname")),
        row.getBoolean("partitioned"),
        root == 0 ? null : root,
        row.getBoolean("children"),
        row.getBoolean("unlogged"),
        row.getLong("relfilenode"),
        List.copyOf(columns),
        numbers(row.getArray("key")));
  }

  private static NavigableMap<Long, List<Column>> columns(Statement statement) throws SQLException {
    NavigableMap<Long, List<Column>> columns = new TreeMap<>();
    try (ResultSet rows = statement.executeQuery(COLUMNS)) {
      while (rows.next()) {
        columns
            .computeIfAbsent(rows.getLong("attrelid"), oid -> new ArrayList<>())
            .add(
                new Column(
                    rows.getInt("attnum"),
                    rows.getString("attname"),
                    rows.getString("type"),
                    rows.getLong("base_type"),
                    rows.getBoolean("attnotnull"),
                    rows.getBoolean("identity"),
                    rows.getBoolean("generated")));
      }
    }
    return columns;
  }

  private static List<Integer> numbers(@Nullable Array array) throws SQLException {
    if (array == null) {
      return List.of();
    }
    List<Integer> numbers = new ArrayList<>();
    for (Object number : (Object[]) array.getArray()) {
      numbers.add(((Number) number).intValue());
    }
    return List.copyOf(numbers);
  }

  /** Unqualified names mean the server's own, as in {@link CatalogQuery}. */
  private static final String TABLES =
      """
      SELECT c.oid, n.nspname, c.relname, c.relkind = 'p' AS partitioned,
        CASE WHEN c.relispartition THEN pg_partition_root(c.oid)::oid ELSE 0 END AS root,
        c.relkind = 'r' AND EXISTS (SELECT FROM pg_inherits h WHERE h.inhparent = c.oid)
          AS children,
        c.relpersistence = 'u' AS unlogged, c.relfilenode,
        (SELECT array_agg(k.attnum::int ORDER BY k.place)
         FROM (
           SELECT i.indkey, i.indnkeyatts FROM pg_index i
           JOIN pg_class x ON x.oid = i.indexrelid
           JOIN pg_am m ON m.oid = x.relam
           WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND m.amname = 'btree'
             AND i.indpred IS NULL AND i.indexprs IS NULL
             AND NOT EXISTS (
               SELECT FROM unnest(i.indkey) WITH ORDINALITY AS key (attnum, place)
               JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = key.attnum
               WHERE key.place <= i.indnkeyatts AND (NOT a.attnotnull OR a.attgenerated <> ''))
           ORDER BY i.indisprimary DESC, i.indnkeyatts, x.relname LIMIT 1) AS best,
           unnest(best.indkey) WITH ORDINALITY AS k (attnum, place)
         WHERE k.place <= best.indnkeyatts) AS key
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
        AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'offshoot', 'offshoot_capture')
      """;

  private static final String COLUMNS =
      """
      WITH RECURSIVE base AS (
        SELECT oid AS type, oid AS base, typbasetype FROM pg_type
        UNION ALL
        SELECT b.type, t.oid, t.typbasetype FROM base b JOIN pg_type t ON t.oid = b.typbasetype
        WHERE b.typbasetype <> 0
      )
      SELECT a.attrelid, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod) AS type,
        b.base AS base_type, a.attnotnull, a.attidentity <> '' AS identity,
        a.attgenerated <> '' AS generated
      FROM pg_attribute a
      JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN base b ON b.type = a.atttypid AND b.typbasetype = 0
      WHERE a.attnum > 0 AND NOT a.attisdropped
        AND c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
        AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'offshoot', 'offshoot_capture')
      ORDER BY a.attrelid, a.attnum
      """;
}
