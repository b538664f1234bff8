package dev.offshoot.merge;

import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.TableName;
import dev.offshoot.ledger.ChangeSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The tables whose storage the script is known to replace. A TRUNCATE would leave no other trace in
 * them, so their rows are counted before and after; a rewrite reads them all anyway.
 */
final class RewrittenTables {
  /** A table, or the whole of which it is a partition. */
  private record Counted(long oid, long rows) {}

  private static final String WHOLE =
      """
      SELECT w.oid, n.nspname, w.relname
      FROM pg_class c JOIN pg_namespace cn ON cn.oid = c.relnamespace
      JOIN pg_class w ON w.oid = coalesce(pg_partition_root(c.oid)::oid, c.oid)
      JOIN pg_namespace n ON n.oid = w.relnamespace
      WHERE cn.nspname = ? AND c.relname = ? AND c.relkind IN ('r', 'p')
      """;

  private static final String NAME =
      """
      SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.oid = ?::oid
      """;

  private record Whole(long oid, TableName name) {}

  private final ParentSession session;
  private final List<Counted> counted = new ArrayList<>();

  private RewrittenTables(ParentSession session) {
    this.session = session;
  }

  /**
   * Locks them as the script is about to, and counts their rows.
   *
   * @throws OffshootException {@code MERGE_REFUSED} if one is not to be found under its old name
   */
  static RewrittenTables count(ParentSession session, ChangeSet changeSet) throws SQLException {
    RewrittenTables tables = new RewrittenTables(session);
    for (TableName name : changeSet.rewrittenTables()) {
      Whole whole = whole(session, nameBefore(changeSet, name));
      if (tables.counted.stream().noneMatch(each -> each.oid() == whole.oid())) {
        tables.counted.add(new Counted(whole.oid(), tables.rows(whole.name(), true)));
      }
    }
    return tables;
  }

  /**
   * At the end.
   *
   * @throws OffshootException {@code MERGE_REFUSED} if rows are gone or come that nobody reviewed
   */
  void compare(List<PlannedTable> planned) throws SQLException {
    for (Counted each : counted) {
      Optional<TableName> name =
          session
              .list(NAME, row -> new TableName(row.getString(1), row.getString(2)), each.oid())
              .stream()
              .findFirst();
      if (name.isEmpty()) {
        continue;
      }
      long expected = each.rows();
      for (PlannedTable table : planned) {
        if (table.table().target().oid() == each.oid()) {
          expected += table.rows(RowChange.Kind.INSERT) - table.rows(RowChange.Kind.DELETE);
        }
      }
      long now = rows(name.get(), false);
      if (now != expected) {
        throw SelfCheck.refused(
            session,
            "table %s would have %d rows after it is rewritten, where the reviewed changes leave %d"
                .formatted(name.get(), now, expected));
      }
    }
  }

  private static TableName nameBefore(ChangeSet changeSet, TableName name) {
    return changeSet.tables().stream()
        .map(ChangeSet.CountedTable::shape)
        .filter(shape -> shape.table().equals(name))
        .flatMap(shape -> Optional.ofNullable(shape.baseName()).stream())
        .findFirst()
        .orElse(name);
  }

  private static Whole whole(ParentSession session, TableName name) throws SQLException {
    List<Whole> found =
        session.list(
            WHOLE,
            row ->
                new Whole(
                    row.getLong("oid"),
                    new TableName(row.getString("nspname"), row.getString("relname"))),
            name.schema(),
            name.name());
    if (found.isEmpty()) {
      throw SelfCheck.refused(
          session,
          "table %s is renamed and rewritten at once, so its rows cannot be accounted for"
              .formatted(name));
    }
    return found.get(0);
  }

  private long rows(TableName name, boolean lock) throws SQLException {
    ParentTable table = ParentTable.find(session, name).orElseThrow();
    if (lock) {
      session.lock("LOCK TABLE %s IN ACCESS EXCLUSIVE MODE".formatted(table.rows()));
    }
    return session.only("SELECT count(*) FROM " + table.rows(), row -> row.getLong(1));
  }
}
