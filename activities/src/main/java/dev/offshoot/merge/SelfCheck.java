package dev.offshoot.merge;

import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.SchemaChange;
import dev.offshoot.domain.TableName;
import dev.offshoot.ledger.ChangeSet;
import dev.offshoot.merge.WriteCounts.Count;
import dev.offshoot.sql.CommitCode;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The merge watching itself. Replayed statements can run the experiment's code on the parent with
 * its owner's rights (a default, an index expression, a query behind CREATE TABLE AS). So the
 * server's own counters must say in the end that this transaction wrote exactly the reviewed number
 * of rows in each table of the change set and none elsewhere, and replaced no table's storage, and
 * dropped no table or column, that was not announced.
 */
final class SelfCheck {
  /** Written by what is not of this database alone, or by large objects. */
  private static final Set<String> FORBIDDEN_CATALOGS =
      Set.of(
          "pg_authid",
          "pg_auth_members",
          "pg_database",
          "pg_db_role_setting",
          "pg_largeobject",
          "pg_largeobject_metadata",
          "pg_parameter_acl",
          "pg_replication_origin",
          "pg_shdescription",
          "pg_shseclabel",
          "pg_subscription",
          "pg_tablespace");

  private static final String STANDING =
      """
      SELECT c.oid, n.nspname, c.relname, c.relfilenode
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p', 'm')
      """;

  private static final String COLUMNS =
      """
      SELECT a.attrelid, a.attnum FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
      WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'm')
      """;

  /**
   * No counter counts their rows, which are on another server. Partitions are locked together with
   * their table, and reviewed with it.
   */
  private static final String FOREIGN_TABLES_WRITTEN =
      """
      SELECT n.nspname, c.relname FROM pg_locks l
      JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND l.mode = 'RowExclusiveLock'
        AND c.relkind = 'f' AND NOT c.relispartition
      """;

  /** Replacing storage and dropping take this lock, which then is held until the end. */
  private static final String EXCLUSIVELY_OURS =
      """
      SELECT l.relation FROM pg_locks l
      WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation'
        AND l.mode = 'AccessExclusiveLock' AND l.granted
      """;

  /**
   * A row that was written or exchanged later has a later command; a row that is gone is missed.
   */
  private static final String SEAL =
      """
      SELECT coalesce(string_agg(concat(rows, ' of ', command), ', ' ORDER BY command), 'none')
      FROM (SELECT count(*), t.cmin::text FROM %s AS t GROUP BY t.cmin) AS made (rows, command)
      """;

  private static final String STANDS = "SELECT EXISTS (SELECT FROM pg_class WHERE oid = ?::oid)";

  private static final String PARTITIONS =
      "SELECT p.relid::oid FROM pg_partition_tree(?::oid) AS p";

  private final ParentSession session;
  private final TablesBefore before;
  private final ChangeSet changeSet;
  private WriteCounts baseline;
  private final Map<String, String> seals = new HashMap<>();

  /** Of tables and partitions that were compared before some of them are dropped. */
  private final Map<Long, Count> settled = new HashMap<>();

  private boolean isSettled;

  private SelfCheck(
      ParentSession session, TablesBefore before, ChangeSet changeSet, WriteCounts baseline) {
    this.session = session;
    this.before = before;
    this.changeSet = changeSet;
    this.baseline = baseline;
  }

  /** Begins watching; nothing has been written yet. */
  static SelfCheck begin(ParentSession session, TablesBefore before, ChangeSet changeSet)
      throws SQLException {
    return new SelfCheck(session, before, changeSet, WriteCounts.read(session));
  }

  /**
   * After the schema script: it may have filled new tables, but no row of one that was there.
   *
   * @throws OffshootException {@code MERGE_REFUSED} naming the table
   */
  void afterSchema() throws SQLException {
    baseline = nothingWritten("the schema script");
  }

  /**
   * After staging: from here on the staged rows must stay as they are, whatever code of the
   * experiment's runs.
   */
  void sealChanges(List<StagedTable> tables) throws SQLException {
    for (StagedTable staged : tables) {
      seal(staged.table().changes());
    }
  }

  /** After comparing: so must what was found out about them. */
  void sealFindings(List<PlannedTable> tables) throws SQLException {
    for (PlannedTable planned : tables) {
      seal(planned.table().standing());
      seal(planned.table().outcomes());
    }
  }

  private void seal(String table) throws SQLException {
    seals.put(table, sealOf(table));
  }

  private String sealOf(String table) throws SQLException {
    return session.only(SEAL.formatted(table), row -> row.getString(1));
  }

  /**
   * Before anything is applied: from here on only reviewed rows are to be written.
   *
   * @throws OffshootException {@code MERGE_REFUSED} if the parent's rows are not as they were
   */
  void beforeRows() throws SQLException {
    baseline = nothingWritten("looking at the rows");
  }

  /**
   * Before a revert's script drops tables, whose counters go with them: what was written is what
   * was reviewed, and the staged rows, on whose types it might fail, are not needed any more.
   *
   * @throws OffshootException {@code MERGE_REFUSED} if it is not
   */
  void beforeDrops(List<PlannedTable> tables) throws SQLException {
    Map<Long, Count> written = new HashMap<>(WriteCounts.read(session).since(baseline));
    Map<Long, Count> all = Map.copyOf(written);
    for (PlannedTable planned : tables) {
      compare(planned, take(written, planned));
    }
    settled.putAll(all);
    settled.keySet().removeAll(written.keySet());
    isSettled = true;
    compareSeals();
    seals.clear();
  }

  /** After a savepoint has undone everything since: what was undone has been counted. */
  void undone() throws SQLException {
    baseline = WriteCounts.read(session);
  }

  private WriteCounts nothingWritten(String by) throws SQLException {
    WriteCounts now = WriteCounts.read(session);
    now.since(baseline)
        .forEach(
            (oid, count) -> {
              refuseForbidden(count);
              if (isUserTable(count) && before.byOid().containsKey(oid)) {
                throw refused(
                    "%s writes rows of table %s"
                        .formatted(by, new TableName(count.schema(), count.relation())));
              }
            });
    return now;
  }

  /**
   * At the end.
   *
   * @throws OffshootException {@code MERGE_REFUSED} naming what was written and not reviewed
   */
  void finish(List<PlannedTable> tables) throws SQLException {
    Map<Long, Count> written = new HashMap<>(WriteCounts.read(session).since(baseline));
    if (isSettled) {
      requireStillSettled(written);
    } else {
      for (PlannedTable planned : tables) {
        compare(planned, take(written, planned));
      }
    }
    written.forEach(
        (oid, count) -> {
          refuseForbidden(count);
          boolean isNewView = count.view() && !before.byOid().containsKey(oid);
          if (isUserTable(count) && !isNewView) {
            throw refused(
                "it writes table %s, which the change set does not"
                    .formatted(new TableName(count.schema(), count.relation())));
          }
        });
    compareSeals();
    refuseLostContents();
    refuseForeignWrites();
  }

  private void refuseForeignWrites() throws SQLException {
    List<TableName> written =
        session.list(
            FOREIGN_TABLES_WRITTEN,
            row -> new TableName(row.getString("nspname"), row.getString("relname")));
    if (!written.isEmpty()) {
      throw refused("it writes foreign table " + written.get(0));
    }
  }

  /**
   * Last of all: nothing of the experiment's may run in the commit, where nobody would see what it
   * does.
   *
   * @throws OffshootException {@code MERGE_REFUSED} naming what would
   */
  void requireNothingForTheCommit() throws SQLException {
    Optional<String> waiting = CommitCode.waiting(session.connection());
    if (waiting.isPresent()) {
      throw refused("%s would run while it commits".formatted(waiting.get()));
    }
  }

  private void compareSeals() throws SQLException {
    for (Map.Entry<String, String> seal : seals.entrySet()) {
      if (!sealOf(seal.getKey()).equals(seal.getValue())) {
        throw refused("it exchanges rows that were staged");
      }
    }
  }

  /** What was compared before the drops and still stands has been left alone since. */
  private void requireStillSettled(Map<Long, Count> written) throws SQLException {
    for (Map.Entry<Long, Count> each : settled.entrySet()) {
      @Nullable Count now = written.remove(each.getKey());
      boolean alone = now != null && now.since(each.getValue()).isZero();
      if (!alone && session.only(STANDS, row -> row.getBoolean(1), each.getKey())) {
        throw refused(
            "the schema script writes rows of table %s"
                .formatted(new TableName(each.getValue().schema(), each.getValue().relation())));
      }
    }
  }

  /** Takes the counts of a table and its partitions out of {@code written}. */
  private List<Count> take(Map<Long, Count> written, PlannedTable planned) throws SQLException {
    long table = planned.table().target().oid();
    List<Count> counts = new ArrayList<>();
    List<Long> parts = new ArrayList<>(List.of(table));
    parts.addAll(session.list(PARTITIONS, row -> row.getLong(1), table));
    for (long part : parts) {
      @Nullable Count count = written.remove(part);
      if (count != null) {
        counts.add(count);
      }
    }
    return counts;
  }

  /** A row that is deleted and inserted again, or moves to another partition, counts as both. */
  private void compare(PlannedTable planned, List<Count> counts) {
    long updated = counts.stream().mapToLong(Count::updated).sum();
    long moved = planned.rows(RowChange.Kind.UPDATE) - updated;
    long inserted = counts.stream().mapToLong(Count::inserted).sum() - moved;
    long deleted = counts.stream().mapToLong(Count::deleted).sum() - moved;
    if (inserted != planned.rows(RowChange.Kind.INSERT)
        || deleted != planned.rows(RowChange.Kind.DELETE)) {
      throw refused(
          "table %s would have %d rows inserted, %d updated, %d deleted; reviewed were %d, %d, %d"
              .formatted(
                  planned.table().name(),
                  inserted + moved,
                  updated,
                  deleted + moved,
                  planned.rows(RowChange.Kind.INSERT),
                  planned.rows(RowChange.Kind.UPDATE),
                  planned.rows(RowChange.Kind.DELETE)));
    }
  }

  private void refuseLostContents() throws SQLException {
    record Standing(TableName name, long fileNode) {}
    Map<Long, Standing> standing = new HashMap<>();
    session.list(
        STANDING,
        row ->
            standing.put(
                row.getLong("oid"),
                new Standing(
                    new TableName(row.getString("nspname"), row.getString("relname")),
                    row.getLong("relfilenode"))));
    Map<Long, Set<Integer>> columns = new HashMap<>();
    session.list(
        COLUMNS,
        row ->
            columns
                .computeIfAbsent(row.getLong("attrelid"), oid -> new HashSet<>())
                .add(row.getInt("attnum")));
    for (long oid : session.list(EXCLUSIVELY_OURS, row -> row.getLong(1))) {
      TablesBefore.@Nullable Table table = before.byOid().get(oid);
      if (table == null) {
        continue;
      }
      @Nullable Standing now = standing.get(oid);
      if (now == null) {
        if (!table.derived()) {
          requireDropped(table.identity(), "table");
        }
        continue;
      }
      requireColumns(table, columns.getOrDefault(oid, Set.of()));
      if (now.fileNode() != table.fileNode() && !changeSet.rewrittenTables().contains(now.name())) {
        throw refused("it empties or rewrites table %s".formatted(table.name()));
      }
    }
  }

  private void requireColumns(TablesBefore.Table table, Set<Integer> standing) {
    table
        .columns()
        .forEach(
            (number, identity) -> {
              if (!standing.contains(number)) {
                requireDropped(identity, "column");
              }
            });
  }

  /** What vanishes and comes again under the same name has lost its contents all the same. */
  private void requireDropped(String identity, String what) {
    boolean announced =
        changeSet.schemaChanges().stream()
            .anyMatch(
                change ->
                    change.kind() == SchemaChange.Kind.DROPPED
                        && change.identity().equals(identity));
    if (!announced) {
      throw refused(
          "it drops %s %s and makes it anew, so its contents are lost".formatted(what, identity));
    }
  }

  private void refuseForbidden(Count count) {
    if (count.schema().equals("pg_catalog") && FORBIDDEN_CATALOGS.contains(count.relation())) {
      throw refused(
          "it writes %s, which reaches beyond schema and rows".formatted(count.relation()));
    }
  }

  private static boolean isUserTable(Count count) {
    return !count.schema().startsWith("pg_") && !count.schema().equals("information_schema");
  }

  private OffshootException refused(String why) {
    return refused(session, why);
  }

  /** What is thrown when the merge would do more than was reviewed; it is rolled back then. */
  static OffshootException refused(ParentSession session, String why) {
    return new OffshootException(
        ErrorCode.MERGE_REFUSED,
        "%s: the merge was undone before it was committed, because %s; nobody reviewed that"
            .formatted(session.parent(), why));
  }
}
