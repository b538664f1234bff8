package dev.offshoot.revert;

import dev.offshoot.diff.SampleRows;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.SchemaChange;
import dev.offshoot.domain.TableName;
import dev.offshoot.ledger.ChangeSet;
import dev.offshoot.ledger.ChangeSet.CountedTable;
import dev.offshoot.ledger.ChangeSetStore;
import dev.offshoot.ledger.ChangeSetStore.RowCursor;
import dev.offshoot.ledger.ChangedTable;
import dev.offshoot.ledger.Undoing;
import dev.offshoot.merge.Convergence;
import dev.offshoot.merge.MergeReceipt;
import dev.offshoot.step.Progress;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The inverse of a merged change set: every row from its new image to its old one, except for what
 * the merge found standing already and so did not change. Rows are streamed from the ledger to the
 * ledger.
 *
 * <p>The schema statements, which were proven when the change set was made, follow the rows, so
 * that whatever a dropped table or column still holds by then is known to be somebody else's.
 * Sequences stay where they are.
 */
final class Inversion {
  private static final int ROWS_PER_REPORT = 20_000;

  private final ChangeSetStore store;
  private final ChangeSet merged;
  private final MergeReceipt receipt;
  private final Progress progress;
  private final SampleRows samples = new SampleRows();

  Inversion(ChangeSetStore store, ChangeSet merged, MergeReceipt receipt, Progress progress) {
    this.store = store;
    this.merged = merged;
    this.receipt = receipt;
    this.progress = progress;
  }

  /** First changed rows of each table, once they are frozen. */
  SampleRows samples() {
    return samples;
  }

  ChangeSet freezeInto(ChangeSetStore.Writer writer) {
    for (CountedTable table : merged.tables()) {
      invert(table, writer);
    }
    String obstacle =
        merged.schemaChanges().isEmpty()
            ? null
            : "it is itself a revert that changes the schema back; to have the change again, start the experiment again";
    return writer.freeze(
        merged.undoing().script(),
        merged.schemaChanges().stream().map(Inversion::inverse).toList(),
        List.of(),
        List.of(),
        new Undoing(receipt.experiment(), List.of(), obstacle));
  }

  private void invert(CountedTable table, ChangeSetStore.Writer writer) {
    TableName name = table.shape().table();
    Convergence converged = receipt.converged();
    BitSet stood = converged.rows(name);
    Map<Integer, BitSet> stoodInCells = converged.cells(name);
    boolean started = false;
    try (RowCursor rows = store.rows(merged.digest(), name, 0)) {
      for (int number = 0; rows.hasNext(); number++) {
        if (number % ROWS_PER_REPORT == 0) {
          progress.report(String.format(Locale.ROOT, "turning %s around: %,d rows", name, number));
        }
        RowChange change = rows.next();
        if (stood.get(number)) {
          continue;
        }
        Optional<RowChange> inverse = inverse(change, number, stoodInCells);
        if (inverse.isEmpty()) {
          continue;
        }
        if (!started) {
          writer.startTable(afterTheMerge(table));
          started = true;
        }
        writer.row(inverse.get());
        samples.add(name, table.shape().columns(), inverse.get());
      }
    }
  }

  /** The table as the merge left it, as far as the change set tells. */
  private static ChangedTable afterTheMerge(CountedTable table) {
    ChangedTable shape = table.shape();
    return new ChangedTable(
        shape.table(),
        shape.table(),
        shape.columns(),
        shape.keyColumns(),
        shape.rowsInBase() + table.inserted() - table.deleted());
  }

  /** Nothing for an update of values that all stood there already. */
  private static Optional<RowChange> inverse(
      RowChange change, int number, Map<Integer, BitSet> stoodInCells) {
    return switch (change.kind()) {
      case INSERT ->
          Optional.of(new RowChange(RowChange.Kind.DELETE, change.after(), null, change.count()));
      case DELETE ->
          Optional.of(new RowChange(RowChange.Kind.INSERT, null, change.before(), change.count()));
      case UPDATE -> {
        List<@Nullable String> now = Objects.requireNonNull(change.after());
        List<@Nullable String> then = new ArrayList<>(Objects.requireNonNull(change.before()));
        stoodInCells.forEach(
            (column, rows) -> {
              if (rows.get(number)) {
                then.set(column, now.get(column));
              }
            });
        yield now.equals(then)
            ? Optional.empty()
            : Optional.of(RowChange.update(now, Collections.unmodifiableList(then)));
      }
    };
  }

  private static SchemaChange inverse(SchemaChange change) {
    return new SchemaChange(
        switch (change.kind()) {
          case CREATED -> SchemaChange.Kind.DROPPED;
          case ALTERED -> SchemaChange.Kind.ALTERED;
          case DROPPED -> SchemaChange.Kind.CREATED;
        },
        change.objectType(),
        change.identity(),
        change.after(),
        change.before());
  }
}
