package dev.offshoot.diff;

import dev.offshoot.domain.ColumnShape;
import dev.offshoot.domain.RowChange;
import dev.offshoot.ledger.ChangeSetStore;
import java.sql.SQLException;
import java.util.List;

/** Writes the differences of one table to the change set, which hears of it with the first one. */
final class TableRecord implements TableComparison.Differences {
  private final TablePair pair;
  private final TableSize size;
  private final ChangeSetStore.Writer writer;
  private final SampleRows samples;
  private final List<ColumnShape> shapes;
  private boolean started;

  TableRecord(TablePair pair, TableSize size, ChangeSetStore.Writer writer, SampleRows samples) {
    this.pair = pair;
    this.size = size;
    this.writer = writer;
    this.samples = samples;
    this.shapes = pair.shapes();
  }

  @Override
  public void add(RowChange change) throws SQLException {
    if (change.before() != null
        && !pair.rowsAreTellable()
        && change.kind() == RowChange.Kind.DELETE) {
      throw TablePair.untellable(pair.name());
    }
    if (!started) {
      writer.startTable(pair.described(pair.baseName() == null ? 0 : size.rows()));
      started = true;
    }
    writer.row(change);
    samples.add(pair.name(), shapes, change);
  }
}
