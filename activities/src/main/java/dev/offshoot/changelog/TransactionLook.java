package dev.offshoot.changelog;

import dev.offshoot.domain.TableName;
import dev.offshoot.sql.Identifiers;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the server knows of a session's transaction at one moment.
 *
 * <p>The counters are those behind {@code pg_stat_xact_all_tables}: they count every row that the
 * session wrote, by whatever means (a function, a trigger, a rule), nobody but a superuser can
 * reset them, and they only grow within a transaction, unless a table is truncated. They may begin
 * with what earlier transactions of the session left, so only differences within one transaction
 * mean anything.
 *
 * @param transactionId the top-level transaction's id; absent if it has none yet
 * @param schemas the search path as far as its schemas exist, temporary ones left out
 * @param counted tables with a counter above zero, by object id
 */
public record TransactionLook(
    @Nullable String transactionId, List<String> schemas, Map<Long, Counted> counted) {

  /**
   * @param table its name
   * @param temporary whether it ends with the session
   * @param inserted rows inserted
   * @param updated rows updated
   * @param deleted rows deleted
   */
  public record Counted(
      TableName table, boolean temporary, long inserted, long updated, long deleted) {
    static Counted nothing(TableName table) {
      return new Counted(table, false, 0, 0, 0);
    }

    /** Whether the counts are the same; a table that was renamed in between has written nothing. */
    boolean countsAs(@Nullable Counted other) {
      return other != null
          && inserted == other.inserted
          && updated == other.updated
          && deleted == other.deleted;
    }

    /** Only a truncation takes counts away. */
    private boolean isLessThan(Counted other) {
      return inserted < other.inserted || updated < other.updated || deleted < other.deleted;
    }

    boolean isCatalog() {
      return table.schema().equals("pg_catalog");
    }

    /** Row images that were taken away. */
    long before() {
      return updated + deleted;
    }

    /** Row images that were put in. */
    long after() {
      return inserted + updated;
    }
  }

  /** The search path must be read before we set our own; one round trip for all of it. */
  private static final String LOOK =
      """
      SAVEPOINT offshoot_look;
      SET LOCAL statement_timeout = 0;
      SET LOCAL lock_timeout = 0;
      SELECT schema FROM pg_catalog.unnest(pg_catalog.current_schemas(false)) AS s (schema);
      SELECT pg_catalog.pg_current_xact_id_if_assigned();
      SET LOCAL search_path = pg_catalog, pg_temp;
      SELECT c.oid, n.nspname, c.relname, c.relpersistence = 't' AS temporary,
        x.inserted, x.updated, x.deleted
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      CROSS JOIN LATERAL (
        SELECT pg_stat_get_xact_tuples_inserted(c.oid) AS inserted,
          pg_stat_get_xact_tuples_updated(c.oid) AS updated,
          pg_stat_get_xact_tuples_deleted(c.oid) AS deleted) AS x
      WHERE c.relkind = 'r' AND x.inserted + x.updated + x.deleted > 0;
      ROLLBACK TO SAVEPOINT offshoot_look;
      RELEASE SAVEPOINT offshoot_look
      """;

  private static final String NO_SCHEMA = "\"\"";

  public TransactionLook {
    schemas = List.copyOf(schemas);
    counted = Map.copyOf(counted);
  }

  /** Looks from inside the transaction; leaves its settings as they are. */
  public static TransactionLook at(Connection connection) throws SQLException {
    List<List<@Nullable String[]>> results = new ArrayList<>();
    try (Statement statement = connection.createStatement()) {
      boolean isResult = statement.execute(LOOK);
      while (isResult || statement.getUpdateCount() >= 0) {
        if (isResult) {
          results.add(rows(statement.getResultSet()));
        }
        isResult = statement.getMoreResults();
      }
    }
    List<String> schemas =
        results.get(0).stream()
            .map(row -> text(row[0]))
            .filter(schema -> !schema.startsWith("pg_temp"))
            .toList();
    Map<Long, Counted> counted = new HashMap<>();
    for (@Nullable String[] row : results.get(2)) {
      counted.put(
          Long.valueOf(text(row[0])),
          new Counted(
              new TableName(text(row[1]), text(row[2])),
              text(row[3]).equals("t"),
              Long.parseLong(text(row[4])),
              Long.parseLong(text(row[5])),
              Long.parseLong(text(row[6]))));
    }
    return new TransactionLook(results.get(1).get(0)[0], schemas, counted);
  }

  /** The search path as a setting that means the same to any role in any database. */
  public String searchPath() {
    return schemas.isEmpty()
        ? NO_SCHEMA
        : schemas.stream().map(Identifiers::quote).collect(Collectors.joining(", "));
  }

  /** What was written between {@code earlier} and now, in the same transaction. */
  public Writes since(TransactionLook earlier) {
    Map<Long, TableName> tables = new TreeMap<>();
    TreeSet<String> catalogs = new TreeSet<>();
    counted.forEach(
        (oid, now) -> {
          if (!now.countsAs(earlier.counted.get(oid)) && !now.temporary()) {
            if (now.isCatalog()) {
              catalogs.add(now.table().name());
            } else {
              tables.put(oid, now.table());
            }
          }
        });
    Map<Long, TableName> truncated = new TreeMap<>();
    earlier.counted.forEach(
        (oid, before) -> {
          @Nullable Counted now = counted.get(oid);
          if (!before.isCatalog()
              && !before.temporary()
              && (now == null || now.isLessThan(before))) {
            truncated.put(oid, before.table());
          }
        });
    return new Writes(tables, truncated, catalogs);
  }

  private static List<@Nullable String[]> rows(ResultSet result) throws SQLException {
    List<@Nullable String[]> rows = new ArrayList<>();
    int columns = result.getMetaData().getColumnCount();
    while (result.next()) {
      @Nullable String[] row = new @Nullable String[columns];
      for (int i = 0; i < columns; i++) {
        row[i] = result.getString(i + 1);
      }
      rows.add(row);
    }
    return rows;
  }

  private static String text(@Nullable String value) {
    return Objects.requireNonNull(value, "a column that is never null");
  }
}
