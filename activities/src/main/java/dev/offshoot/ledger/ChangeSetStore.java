package dev.offshoot.ledger;

import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.SchemaChange;
import dev.offshoot.domain.SequenceAdvance;
import dev.offshoot.domain.TableName;
import dev.offshoot.sql.DroppedContents;
import dev.offshoot.sql.FilledColumn;
import dev.offshoot.sql.SequenceBlock;
import java.util.Iterator;
import java.util.List;

/**
 * Where change sets are frozen and read. Rows are streamed in compressed chunks both ways, so
 * memory does not grow with them. Thread-safe; writers and cursors are for one thread.
 */
public interface ChangeSetStore {

  /** Begins a change set; nothing is visible before {@link Writer#freeze}. */
  Writer begin(ExperimentId owner);

  /**
   * A change set without its rows.
   *
   * @throws dev.offshoot.domain.OffshootException {@code NOT_FOUND} if there is none of that digest
   */
  ChangeSet get(String digest);

  /** The rows of one table from the row number {@code from} (0 is the first), in frozen order. */
  RowCursor rows(String digest, TableName table, long from);

  /** Writes one change set, table by table, in the order of the tables' names. */
  interface Writer extends AutoCloseable {
    void startTable(ChangedTable table);

    /** Adds a row of the table that was started last. */
    void row(RowChange change);

    /** What goes with everything in it, and what that was at the branch point. */
    void drops(List<DroppedContents> contents);

    /** What the script gives to all rows that stand, and no row tells. */
    void fills(List<FilledColumn> columns);

    /** Remembers what was reserved for the experiment on the parent; not in the digest. */
    void reserve(List<SequenceBlock> blocks);

    /**
     * Stores everything under its digest; the same content gives the same digest and is stored
     * once.
     */
    ChangeSet freeze(
        List<ReplayStatement> script,
        List<SchemaChange> schemaChanges,
        List<TableName> rewrittenTables,
        List<SequenceAdvance> sequences,
        Undoing undoing);

    /** Forgets what was not frozen. */
    @Override
    void close();
  }

  /** Rows on their way from the ledger. */
  interface RowCursor extends Iterator<RowChange>, AutoCloseable {
    @Override
    void close();
  }
}
