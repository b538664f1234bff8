package dev.offshoot.ledger;

import dev.offshoot.domain.SchemaChange;
import dev.offshoot.domain.SequenceAdvance;
import dev.offshoot.domain.TableName;
import dev.offshoot.sql.DroppedContents;
import dev.offshoot.sql.FilledColumn;
import dev.offshoot.sql.SequenceBlock;
import java.util.List;

/**
 * A frozen change set without its rows, which {@link ChangeSetStore#rows} streams.
 *
 * @param digest SHA-256 over everything that a merge would apply, in hex
 * @param script schema statements in order
 * @param schemaChanges every object that differs, with full definitions
 * @param tables tables with changed rows, in the order of their names, with counts
 * @param rewrittenTables tables whose storage the script replaces
 * @param sequences sequences that were advanced
 * @param undoing what it reverts, and how it is reverted
 * @param dropped tables and columns that the script drops, with what they held at the branch point
 * @param filled columns that the script adds with one value for all rows that stand
 * @param blocks values of the parent's sequences that were reserved for it; not in the digest
 */
public record ChangeSet(
    String digest,
    List<ReplayStatement> script,
    List<SchemaChange> schemaChanges,
    List<CountedTable> tables,
    List<TableName> rewrittenTables,
    List<SequenceAdvance> sequences,
    Undoing undoing,
    List<DroppedContents> dropped,
    List<FilledColumn> filled,
    List<SequenceBlock> blocks) {

  /**
   * @param shape the table
   * @param inserted rows
   * @param updated rows
   * @param deleted rows
   */
  public record CountedTable(ChangedTable shape, long inserted, long updated, long deleted) {}
}
