package dev.offshoot.changelog;

import dev.offshoot.changelog.TransactionLook.Counted;
import dev.offshoot.domain.TableName;
import dev.offshoot.domain.WrittenRows;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Watches which tables' rows a session writes, statement by statement, by the server's own counters
 * and by where the rows lie. Not thread-safe.
 *
 * <p>A rolled back statement counts too: after a rollback to a savepoint, {@link #look} once and
 * set the answer aside.
 */
public final class RowWatch {
  /** Every change of a table's storage is written there. */
  private static final String STORAGE_CATALOG = "pg_class";

  private final TableStorage start;
  private final Map<Long, TableName> written = new TreeMap<>();
  private final Map<Long, WrittenRows> counted = new TreeMap<>();
  private TableStorage storage;
  private TransactionLook began;
  private TransactionLook last;

  private RowWatch(TableStorage start, TransactionLook began) {
    this.start = start;
    this.storage = start;
    this.began = began;
    this.last = began;
  }

  /**
   * What happened since the look before.
   *
   * @param now the transaction now
   * @param writes tables and catalogs that were written
   * @param standing tables that stood when the watch began, and whose rows were written or taken
   *     away since the look before
   */
  public record Seen(TransactionLook now, Writes writes, Map<Long, TableName> standing) {}

  /** Begins with the connection's transaction as it is. */
  public static RowWatch begin(Connection connection) throws SQLException {
    return new RowWatch(TableStorage.read(connection), TransactionLook.at(connection));
  }

  /** Another transaction of the same session has begun; counters may have started anew. */
  public void transactionBegan(Connection connection) throws SQLException {
    addTo(counted);
    storage = storage.again(connection, Set.of());
    began = TransactionLook.at(connection);
    last = began;
  }

  /** The transaction as it was at the latest look. */
  public TransactionLook latest() {
    return last;
  }

  /** Looks again. */
  public Seen look(Connection connection) throws SQLException {
    TransactionLook now = TransactionLook.at(connection);
    Writes writes = now.since(last);
    Set<Long> filledOrEmptied = filledOrEmptied(now, writes);
    last = now;
    written.putAll(writes.tables());
    written.putAll(writes.truncated());
    Map<Long, TableName> standing = new TreeMap<>(writes.tables());
    standing.putAll(writes.truncated());
    TableStorage before = storage;
    if (writes.catalogs().contains(STORAGE_CATALOG)) {
      storage = before.again(connection, filledOrEmptied);
      standing.putAll(emptied(before));
    } else if (!filledOrEmptied.isEmpty()) {
      storage = before.written(connection, filledOrEmptied);
    }
    standing.keySet().retainAll(start.files().keySet());
    // The counts of a dropped table are gone as if it had been truncated.
    standing.keySet().retainAll(storage.files().keySet());
    return new Seen(now, writes, standing);
  }

  /** Object ids of tables whose rows may differ: written, truncated, rewritten, or new. */
  public List<Long> touchedTables() {
    Set<Long> touched = new TreeSet<>(written.keySet());
    storage
        .files()
        .forEach(
            (oid, file) -> {
              TableStorage.@Nullable File before = start.files().get(oid);
              if (before == null || before.node() != file.node()) {
                touched.add(oid);
              }
            });
    touched.retainAll(storage.files().keySet());
    return List.copyOf(touched);
  }

  /** Object ids of all tables that stood at the latest look. */
  public Set<Long> standingTables() {
    return storage.files().keySet();
  }

  /** What the server counted in each table that is still there, by all transactions together. */
  public List<WrittenRows> writtenRows() {
    Map<Long, WrittenRows> all = new TreeMap<>(counted);
    addTo(all);
    all.keySet().retainAll(storage.files().keySet());
    return List.copyOf(all.values());
  }

  /** Adds what the latest transaction wrote, up to the latest look. */
  private void addTo(Map<Long, WrittenRows> sums) {
    last.counted()
        .forEach(
            (oid, now) -> {
              Counted before = began.counted().getOrDefault(oid, Counted.nothing(now.table()));
              if (!now.countsAs(before)) {
                sums.merge(
                    oid,
                    new WrittenRows(
                        oid, now.before() - before.before(), now.after() - before.after()),
                    WrittenRows::and);
              }
            });
  }

  /** Tables that may have lost their last row or got a first one since the look before. */
  private Set<Long> filledOrEmptied(TransactionLook now, Writes writes) {
    Set<Long> tables = new HashSet<>(writes.truncated().keySet());
    for (long oid : writes.tables().keySet()) {
      TableStorage.@Nullable File file = storage.files().get(oid);
      long deleted = deleted(now, oid) - deleted(last, oid);
      if (file == null || file.isEmpty() || deleted != 0) {
        tables.add(oid);
      }
    }
    return tables;
  }

  private static long deleted(TransactionLook look, long oid) {
    @Nullable Counted counted = look.counted().get(oid);
    return counted == null ? 0 : counted.deleted();
  }

  /**
   * Tables that had rows, lie elsewhere and have none any more: truncated, where a rewrite would
   * have kept the rows.
   */
  private Map<Long, TableName> emptied(TableStorage before) {
    Map<Long, TableName> emptied = new TreeMap<>();
    storage
        .files()
        .forEach(
            (oid, now) -> {
              TableStorage.@Nullable File was = before.files().get(oid);
              if (was != null && was.node() != now.node() && !was.isEmpty() && now.isEmpty()) {
                emptied.put(oid, now.table());
              }
            });
    return emptied;
  }
}
