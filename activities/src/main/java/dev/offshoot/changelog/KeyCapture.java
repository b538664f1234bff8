package dev.offshoot.changelog;

import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.sql.Identifiers;
import dev.offshoot.sql.SessionSettings;
import dev.offshoot.sql.Sql;
import dev.offshoot.sql.TableCatalog;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Puts triggers on a fresh branch that note the keys of every row that is written, so that the diff
 * need look at no other. The tables' rows and definitions stay what they are.
 */
public final class KeyCapture {
  /** Tables in one transaction: each takes locks, and the lock table is the whole server's. */
  private static final int AT_ONCE = 100;

  private static final String DUPLICATE_SCHEMA = "42P06";

  private static final String LANGUAGE =
      """
      SELECT EXISTS (SELECT FROM pg_language
        WHERE lanname = 'plpgsql' AND has_language_privilege(oid, 'USAGE'))
      """;

  /**
   * Left out: tables of others, tables that have a trigger by our names already, and those with
   * rows on other servers, which refuse statements that want to know what they wrote.
   */
  private static final String TABLES =
      """
      SELECT c.oid, format('%I.%I', n.nspname, c.relname) AS name
      FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p') AND has_table_privilege(c.oid, 'TRIGGER')
        AND NOT EXISTS (SELECT FROM pg_trigger AS t
          WHERE t.tgrelid = c.oid AND starts_with(t.tgname::text, 'offshoot_capture_'))
        AND NOT EXISTS (
          SELECT FROM pg_partition_tree(pg_partition_root(c.oid)) AS p
          JOIN pg_class AS f ON f.oid = p.relid WHERE f.relkind = 'f')
      """;

  private static final String TYPES =
      """
      SELECT attrelid, attnum, atttypid FROM pg_attribute WHERE attnum > 0 AND NOT attisdropped
        AND attrelid IN (SELECT oid FROM pg_class WHERE relkind IN ('r', 'p'))
        AND attrelid >= 16384
      """;

  private KeyCapture() {}

  /**
   * Installs all of it.
   *
   * @param branch the reader's session on a branch that nobody has written yet
   * @param parent its parent, for messages
   * @throws OffshootException {@link ErrorCode#PARENT_UNSUITABLE} if the parent has a schema of our
   *     name
   */
  public static void install(Connection branch, String parent, Progress progress)
      throws SQLException {
    SessionSettings.applyForReading(branch);
    branch.setAutoCommit(false);
    makeSchema(branch, parent);
    if (Sql.only(branch, LANGUAGE, row -> row.getBoolean(1))) {
      Sql.execute(branch, CaptureSchema.FUNCTION);
      keepOthersOut(branch);
      makeTriggers(branch, progress);
      Sql.execute(branch, CaptureSchema.INSTALLED);
      keepOthersOut(branch);
    }
    branch.commit();
  }

  private static void makeSchema(Connection branch, String parent) throws SQLException {
    try {
      Sql.execute(branch, CaptureSchema.TABLES);
    } catch (SQLException e) {
      if (!DUPLICATE_SCHEMA.equals(e.getSQLState())) {
        throw e;
      }
      throw new OffshootException(
          ErrorCode.PARENT_UNSUITABLE,
          "parent '%s' has a schema %s, the name of the one that every branch needs for the change log; rename it there"
              .formatted(parent, CaptureSchema.NAME),
          e);
    }
  }

  private static void keepOthersOut(Connection branch) throws SQLException {
    for (String revoke : Sql.list(branch, CaptureSchema.OTHERS, row -> row.getString(1))) {
      Sql.execute(branch, revoke);
    }
    Sql.execute(branch, CaptureSchema.OWN);
  }

  private static void makeTriggers(Connection branch, Progress progress) throws SQLException {
    Map<Long, String> names = new HashMap<>();
    Sql.list(branch, TABLES, row -> names.put(row.getLong("oid"), row.getString("name")));
    Map<Long, Map<Integer, Long>> types = new HashMap<>();
    Sql.list(
        branch,
        TYPES,
        row ->
            types
                .computeIfAbsent(row.getLong("attrelid"), table -> new HashMap<>())
                .put(row.getInt("attnum"), row.getLong("atttypid")));
    List<CapturedKey> keys =
        CapturedKey.of(TableCatalog.read(branch)).values().stream()
            .filter(key -> names.containsKey(key.table()))
            .toList();
    for (int from = 0; from < keys.size(); from += AT_ONCE) {
      progress.report("branch: %d of %d tables watched".formatted(from, keys.size()));
      try (Statement statement = branch.createStatement()) {
        for (CapturedKey key : keys.subList(from, Math.min(from + AT_ONCE, keys.size()))) {
          String table = Objects.requireNonNull(names.get(key.table()));
          for (String trigger : triggers(table, key, types.getOrDefault(key.table(), Map.of()))) {
            statement.addBatch(trigger);
          }
        }
        statement.executeBatch();
      }
      branch.commit();
    }
  }

  private static List<String> triggers(
      String table, CapturedKey key, Map<Integer, Long> typeOfColumn) {
    String old = " OLD TABLE AS " + Identifiers.quote(CaptureSchema.OLD_ROWS);
    String fresh = " NEW TABLE AS " + Identifiers.quote(CaptureSchema.NEW_ROWS);
    String numbers = list(key.numbers());
    String types = list(key.numbers().stream().map(typeOfColumn::get).toList());
    List<String> triggers = new ArrayList<>();
    Map.of("insert", fresh, "update", old + fresh, "delete", old)
        .forEach(
            (event, rows) ->
                triggers.add(
                    "CREATE TRIGGER %s%s AFTER %s ON %s REFERENCING%s FOR EACH STATEMENT EXECUTE FUNCTION %s.note('%s', '%s')"
                        .formatted(
                            CaptureSchema.TRIGGER,
                            event,
                            event,
                            table,
                            rows,
                            CaptureSchema.NAME,
                            numbers,
                            types)));
    return triggers;
  }

  private static String list(List<?> values) {
    return values.stream().map(String::valueOf).collect(Collectors.joining(",", "{", "}"));
  }
}
