package dev.offshoot.changelog;

import dev.offshoot.domain.WrittenRows;
import dev.offshoot.sql.Sql;
import dev.offshoot.sql.TableCatalog;
import dev.offshoot.sql.TableCatalog.Table;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The keys that were noted on a branch, as far as they can be believed to be all: the triggers
 * stand as they were installed, and what they noted adds up to what the server counted. It knows
 * nothing of changes that write no row, such as a rewrite of a table.
 */
public final class KeyLog {
  private static final String EXISTS =
      """
      SELECT EXISTS (
        SELECT FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
        JOIN pg_roles AS r ON r.oid = c.relowner AND r.oid = n.nspowner
        WHERE n.nspname = 'offshoot_capture' AND c.relname = 'installed'
          AND r.rolname = current_user)
      """;

  private static final String INTACT =
      """
      SELECT t.tgrelid FROM pg_trigger AS t
      JOIN offshoot_capture.installed AS i
        ON i.trigger = t.oid AND i.version = t.xmin AND i.place = t.ctid
      GROUP BY t.tgrelid HAVING count(*) = 3
      """;

  private static final String NOTED =
      """
      SELECT rel, sum(gone)::bigint AS gone, sum(come)::bigint AS come,
        bool_or(keys IS NULL) AS unknown, sum(cardinality(keys))::bigint AS keys
      FROM offshoot_capture.log GROUP BY rel
      """;

  private static final WrittenRows NOTHING = new WrittenRows(0, 0, 0);

  private final Map<Long, CapturedKey> installed;
  private final TableCatalog now;
  private final Set<Long> intact = new HashSet<>();
  private final Map<Long, WrittenRows> noted = new HashMap<>();
  private final Map<Long, Long> keys = new HashMap<>();
  private final Set<Long> unknown = new HashSet<>();
  private final @Nullable Map<Long, WrittenRows> counted;

  private KeyLog(TableCatalog original, TableCatalog now, @Nullable List<WrittenRows> counted) {
    this.installed = CapturedKey.of(original);
    this.now = now;
    this.counted = counted == null ? null : byTable(counted);
  }

  /**
   * Keys of one table that were noted.
   *
   * @param tables object ids of the table and its partitions
   * @param types what the key's columns hold
   * @param most how many keys there are at most
   */
  public record Keys(List<Long> tables, List<KeyType> types, long most) {

    /**
     * A query for the keys, each once: a column for each of the key, converted from the print by
     * the server's own input functions.
     */
    public String query() {
      List<String> columns = new ArrayList<>();
      for (int i = 0; i < types.size(); i++) {
        String text = types.size() == 1 ? "k" : "(k::pg_catalog.text[])[%d]".formatted(i + 1);
        columns.add("CAST(%s AS %s)".formatted(text, types.get(i).sql()));
      }
      return """
      SELECT %s FROM (
        SELECT DISTINCT k COLLATE pg_catalog."C" AS k
        FROM offshoot_capture.log AS l, unnest(l.keys) AS k
        WHERE l.rel IN (%s) AND k IS NOT NULL) AS noted
      """
          .formatted(
              String.join(", ", columns),
              String.join(", ", tables.stream().map(String::valueOf).toList()));
    }
  }

  /**
   * Reads what was noted.
   *
   * @param branch the reader's session, set for reading
   * @param original the tables at the branch point
   * @param now the branch's tables
   * @param counted what the server counted; absent if nobody asked it
   */
  public static KeyLog read(
      Connection branch,
      TableCatalog original,
      TableCatalog now,
      @Nullable List<WrittenRows> counted)
      throws SQLException {
    KeyLog log = new KeyLog(original, now, counted);
    if (counted != null && Sql.only(branch, EXISTS, row -> row.getBoolean(1))) {
      log.intact.addAll(Sql.list(branch, INTACT, row -> row.getLong(1)));
      Sql.list(branch, NOTED, log::add);
    }
    return log;
  }

  /** Tables where the triggers stand as they were installed; none where no keys are noted. */
  static List<Long> intact(Connection branch) throws SQLException {
    return Sql.only(branch, EXISTS, row -> row.getBoolean(1))
        ? Sql.list(branch, INTACT, row -> row.getLong(1))
        : List.of();
  }

  /** Tables of which something was noted. */
  static List<Long> noted(Connection branch) throws SQLException {
    return Sql.only(branch, EXISTS, row -> row.getBoolean(1))
        ? Sql.list(branch, NOTED, row -> row.getLong("rel"))
        : List.of();
  }

  private boolean add(ResultSet row) throws SQLException {
    long table = row.getLong("rel");
    noted.put(table, new WrittenRows(table, row.getLong("gone"), row.getLong("come")));
    keys.put(table, row.getLong("keys"));
    return row.getBoolean("unknown") && unknown.add(table);
  }

  /**
   * The keys of all rows of a table that were written, with those of its partitions.
   *
   * @param root the branch's table, which is no partition
   * @return nothing if the log cannot vouch for them
   */
  public Optional<Keys> of(Table root) {
    @Nullable CapturedKey key = installed.get(root.oid());
    Map<Long, WrittenRows> counts = counted;
    if (key == null || counts == null || !key.numbers().equals(root.key())) {
      return Optional.empty();
    }
    List<Long> tables = treeAtBranchPoint(root.oid());
    if (!new HashSet<>(tables).equals(tree(root.oid()))
        || !tables.stream().allMatch(this::isSound)) {
      return Optional.empty();
    }
    if (!sum(tables, noted).equals(sum(tables, counts))) {
      return Optional.empty();
    }
    long most = tables.stream().mapToLong(table -> keys.getOrDefault(table, 0L)).sum();
    return Optional.of(new Keys(tables, key.types(), most));
  }

  private boolean isSound(long oid) {
    return intact.contains(oid)
        && !unknown.contains(oid)
        && now.table(oid).filter(table -> sameTypes(table, installed.get(oid))).isPresent();
  }

  private static boolean sameTypes(Table table, @Nullable CapturedKey key) {
    if (key == null) {
      return false;
    }
    List<Optional<KeyType>> types =
        key.numbers().stream()
            .map(number -> table.column(number).flatMap(column -> KeyType.of(column.baseType())))
            .toList();
    return types.equals(key.types().stream().map(Optional::of).toList());
  }

  private List<Long> treeAtBranchPoint(long root) {
    return installed.values().stream()
        .filter(key -> key.root() == root)
        .map(CapturedKey::table)
        .toList();
  }

  private Set<Long> tree(long root) {
    Set<Long> tree = new HashSet<>();
    for (Table table : now.tables().values()) {
      if (table.oid() == root || Objects.equals(table.partitionRoot(), root)) {
        tree.add(table.oid());
      }
    }
    return tree;
  }

  private static WrittenRows sum(List<Long> tables, Map<Long, WrittenRows> of) {
    long before = 0;
    long after = 0;
    for (long table : tables) {
      WrittenRows rows = of.getOrDefault(table, NOTHING);
      before += rows.before();
      after += rows.after();
    }
    return new WrittenRows(0, before, after);
  }

  private static Map<Long, WrittenRows> byTable(List<WrittenRows> counted) {
    Map<Long, WrittenRows> map = new HashMap<>();
    counted.forEach(rows -> map.put(rows.table(), rows));
    return map;
  }
}
