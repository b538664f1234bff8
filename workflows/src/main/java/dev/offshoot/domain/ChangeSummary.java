package dev.offshoot.domain;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The change set as history carries it: digest, counts and a bounded sample. The rows themselves
 * are in the ledger under the digest.
 *
 * @param digest SHA-256 of the canonical change set, in hex
 * @param schemaChanges objects that differ, bounded; {@code schemaChangeCount} has the number
 * @param schemaChangeCount all objects that differ
 * @param schemaScript the statements that will be replayed on the parent, in order
 * @param tables tables with changed rows
 * @param rewrittenTables tables that the schema script rewrites on the parent
 * @param sequences sequences that the experiment advanced
 * @param millis time that reading it took
 * @param reversal what it reverts, and how it would be reverted
 * @param observed what was seen beyond definitions and rows; nothing if absent
 */
public record ChangeSummary(
    String digest,
    List<SchemaChange> schemaChanges,
    int schemaChangeCount,
    List<String> schemaScript,
    List<TableChanges> tables,
    List<TableName> rewrittenTables,
    List<SequenceAdvance> sequences,
    long millis,
    Reversal reversal,
    Observations observed) {

  public ChangeSummary(
      String digest,
      List<SchemaChange> schemaChanges,
      int schemaChangeCount,
      List<String> schemaScript,
      List<TableChanges> tables,
      List<TableName> rewrittenTables,
      List<SequenceAdvance> sequences,
      long millis,
      @Nullable Reversal reversal,
      @Nullable Observations observed) {
    this.digest = digest;
    this.schemaChanges = schemaChanges;
    this.schemaChangeCount = schemaChangeCount;
    this.schemaScript = schemaScript;
    this.tables = tables;
    this.rewrittenTables = rewrittenTables;
    this.sequences = sequences;
    this.millis = millis;
    this.reversal = reversal == null ? Reversal.OF_ROWS : reversal;
    this.observed = observed == null ? Observations.NONE : observed;
  }

  /**
   * Of an experiment whose revert would be rows alone, and with nothing seen beyond definitions and
   * rows.
   */
  public ChangeSummary(
      String digest,
      List<SchemaChange> schemaChanges,
      int schemaChangeCount,
      List<String> schemaScript,
      List<TableChanges> tables,
      List<TableName> rewrittenTables,
      List<SequenceAdvance> sequences,
      long millis) {
    this(
        digest,
        schemaChanges,
        schemaChangeCount,
        schemaScript,
        tables,
        rewrittenTables,
        sequences,
        millis,
        Reversal.OF_ROWS,
        null);
  }

  public long inserted() {
    return tables.stream().mapToLong(TableChanges::inserted).sum();
  }

  public long updated() {
    return tables.stream().mapToLong(TableChanges::updated).sum();
  }

  public long deleted() {
    return tables.stream().mapToLong(TableChanges::deleted).sum();
  }

  public long totalRows() {
    return inserted() + updated() + deleted();
  }

  /** The same with other rows, under another digest. */
  public ChangeSummary withRows(String newDigest, List<TableChanges> newTables, long newMillis) {
    return new ChangeSummary(
        newDigest,
        schemaChanges,
        schemaChangeCount,
        schemaScript,
        newTables,
        rewrittenTables,
        sequences,
        newMillis,
        reversal,
        observed);
  }

  /** Whether there is nothing to merge. */
  public boolean nothingChanged() {
    return tables.isEmpty()
        && schemaChangeCount == 0
        && schemaScript.isEmpty()
        && sequences.isEmpty();
  }
}
