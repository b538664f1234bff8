package dev.offshoot.ledger;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.offshoot.domain.OffshootJson;
import dev.offshoot.domain.SchemaChange;
import dev.offshoot.domain.SequenceAdvance;
import dev.offshoot.domain.TableName;
import dev.offshoot.sql.DroppedContents;
import dev.offshoot.sql.FilledColumn;
import dev.offshoot.sql.SequenceBlock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a change set holds besides tables and rows, as it is stored.
 *
 * @param script schema statements in order
 * @param schemaChanges every object that differs
 * @param rewrittenTables tables whose storage the script replaces
 * @param sequences sequences that were advanced
 * @param undoing what it reverts, and how it is reverted
 * @param dropped what the script drops, with what it held; none if absent
 * @param filled columns that it adds with one value for all rows that stand; none if absent
 * @param blocks values of the parent's sequences that were reserved for it
 */
record ChangeSetContent(
    List<ReplayStatement> script,
    List<SchemaChange> schemaChanges,
    List<TableName> rewrittenTables,
    List<SequenceAdvance> sequences,
    Undoing undoing,
    List<DroppedContents> dropped,
    List<FilledColumn> filled,
    List<SequenceBlock> blocks) {

  ChangeSetContent(
      List<ReplayStatement> script,
      List<SchemaChange> schemaChanges,
      List<TableName> rewrittenTables,
      List<SequenceAdvance> sequences,
      Undoing undoing,
      @Nullable List<DroppedContents> dropped,
      @Nullable List<FilledColumn> filled,
      List<SequenceBlock> blocks) {
    this.script = script;
    this.schemaChanges = schemaChanges;
    this.rewrittenTables = rewrittenTables;
    this.sequences = sequences;
    this.undoing = undoing;
    this.dropped = dropped == null ? List.of() : dropped;
    this.filled = filled == null ? List.of() : filled;
    this.blocks = blocks;
  }

  static String write(Object content) {
    try {
      return OffshootJson.mapper().writeValueAsString(content);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a change set that is no JSON", e);
    }
  }

  static <T> T read(String json, Class<T> type) {
    try {
      return OffshootJson.mapper().readValue(json, type);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the ledger holds a change set that is no JSON", e);
    }
  }
}
