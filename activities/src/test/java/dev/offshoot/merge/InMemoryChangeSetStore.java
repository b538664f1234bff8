package dev.offshoot.merge;

import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.SchemaChange;
import dev.offshoot.domain.SequenceAdvance;
import dev.offshoot.domain.TableName;
import dev.offshoot.ledger.ChangeSet;
import dev.offshoot.ledger.ChangeSet.CountedTable;
import dev.offshoot.ledger.ChangeSetStore;
import dev.offshoot.ledger.ChangedTable;
import dev.offshoot.ledger.ReplayStatement;
import dev.offshoot.ledger.Undoing;
import dev.offshoot.sql.DroppedContents;
import dev.offshoot.sql.FilledColumn;
import dev.offshoot.sql.SequenceBlock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Change sets of one test. */
final class InMemoryChangeSetStore implements ChangeSetStore {
  private record Frozen(ChangeSet changeSet, Map<TableName, List<RowChange>> rows) {}

  private final Map<String, Frozen> frozen = new HashMap<>();

  @Override
  public Writer begin(ExperimentId owner) {
    return new InMemoryWriter();
  }

  @Override
  public ChangeSet get(String digest) {
    return found(digest).changeSet();
  }

  @Override
  public RowCursor rows(String digest, TableName table, long from) {
    Iterator<RowChange> rows =
        found(digest).rows().get(table).stream().skip(from).toList().iterator();
    return new RowCursor() {
      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public RowChange next() {
        return rows.next();
      }

      @Override
      public void close() {}
    };
  }

  private Frozen found(String digest) {
    Frozen found = frozen.get(digest);
    if (found == null) {
      throw new OffshootException(ErrorCode.NOT_FOUND, "no change set " + digest);
    }
    return found;
  }

  private final class InMemoryWriter implements Writer {
    private final Map<ChangedTable, List<RowChange>> tables = new LinkedHashMap<>();
    private List<RowChange> current = List.of();
    private List<DroppedContents> dropped = List.of();
    private List<FilledColumn> filled = List.of();
    private List<SequenceBlock> blocks = List.of();

    @Override
    public void startTable(ChangedTable table) {
      current = new ArrayList<>();
      tables.put(table, current);
    }

    @Override
    public void row(RowChange change) {
      current.add(change);
    }

    @Override
    public void drops(List<DroppedContents> contents) {
      dropped = contents;
    }

    @Override
    public void fills(List<FilledColumn> columns) {
      filled = columns;
    }

    @Override
    public void reserve(List<SequenceBlock> reserved) {
      blocks = reserved;
    }

    @Override
    public ChangeSet freeze(
        List<ReplayStatement> script,
        List<SchemaChange> schemaChanges,
        List<TableName> rewrittenTables,
        List<SequenceAdvance> sequences,
        Undoing undoing) {
      Map<TableName, List<RowChange>> rows = new HashMap<>();
      List<CountedTable> counted = new ArrayList<>();
      tables.forEach(
          (shape, changes) -> {
            rows.put(shape.table(), changes);
            counted.add(
                new CountedTable(
                    shape,
                    count(changes, RowChange.Kind.INSERT),
                    count(changes, RowChange.Kind.UPDATE),
                    count(changes, RowChange.Kind.DELETE)));
          });
      String digest = "digest-" + (frozen.size() + 1);
      ChangeSet changeSet =
          new ChangeSet(
              digest,
              script,
              schemaChanges,
              counted,
              rewrittenTables,
              sequences,
              undoing,
              dropped,
              filled,
              blocks);
      frozen.put(digest, new Frozen(changeSet, rows));
      return changeSet;
    }

    private long count(List<RowChange> changes, RowChange.Kind kind) {
      return changes.stream()
          .filter(change -> change.kind() == kind)
          .mapToLong(RowChange::count)
          .sum();
    }

    @Override
    public void close() {}
  }
}
