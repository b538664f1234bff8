package dev.offshoot.diff;

import dev.offshoot.domain.TableLock;
import dev.offshoot.domain.TableName;
import dev.offshoot.sql.Sql;
import dev.offshoot.sql.TableCatalog;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Locks that the rehearsed statements hold on tables of the branch point and that keep others from
 * writing or reading: a merge takes the same ones and holds them until it commits.
 *
 * @param locks by the table's object id, the strongest each
 */
record HeldLocks(Map<Long, TableLock> locks) {
  static final HeldLocks NONE = new HeldLocks(Map.of());

  private static final int MOST = 50;

  /** Modes against which an ordinary write has to wait, strongest last. */
  private static final List<String> MODES =
      List.of("ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock");

  private static final String HELD =
      """
      SELECT c.oid, n.nspname, c.relname, l.mode, pg_table_size(c.oid) AS bytes
      FROM pg_locks l
      JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND l.granted
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND l.mode = ANY (?::text[]) AND c.relkind IN ('r', 'p')
      """;

  HeldLocks {
    locks = Map.copyOf(locks);
  }

  /** As the session's transaction holds them now; its search path must be the server's own. */
  static HeldLocks of(Connection session, TableCatalog original) throws SQLException {
    Map<Long, TableLock> locks = new TreeMap<>();
    Sql.list(
        session,
        HELD,
        row -> {
          long oid = row.getLong("oid");
          TableLock lock =
              new TableLock(
                  new TableName(row.getString("nspname"), row.getString("relname")),
                  row.getString("mode"),
                  row.getLong("bytes"));
          return original.tables().containsKey(oid)
              ? locks.merge(oid, lock, HeldLocks::stronger)
              : lock;
        },
        "{" + String.join(",", MODES) + "}");
    return new HeldLocks(locks);
  }

  /** With what another look found that a look before it had not. */
  HeldLocks and(HeldLocks before, HeldLocks after) {
    Map<Long, TableLock> all = new TreeMap<>(locks);
    after.locks.forEach(
        (oid, lock) -> {
          if (!lock.equals(before.locks.get(oid))) {
            all.merge(oid, lock, HeldLocks::stronger);
          }
        });
    return new HeldLocks(all);
  }

  /** For the summary: largest tables first, modes in the words of the manual. */
  List<TableLock> told() {
    List<TableLock> told = new ArrayList<>();
    locks.values().stream()
        .sorted(
            Comparator.comparingLong(TableLock::bytes).reversed().thenComparing(TableLock::table))
        .limit(MOST)
        .forEach(lock -> told.add(new TableLock(lock.table(), words(lock.mode()), lock.bytes())));
    return told;
  }

  private static TableLock stronger(TableLock one, TableLock other) {
    return MODES.indexOf(one.mode()) >= MODES.indexOf(other.mode()) ? one : other;
  }

  private static String words(String mode) {
    return switch (mode) {
      case "ShareLock" -> "SHARE";
      case "ShareRowExclusiveLock" -> "SHARE ROW EXCLUSIVE";
      case "ExclusiveLock" -> "EXCLUSIVE";
      default -> "ACCESS EXCLUSIVE";
    };
  }
}
