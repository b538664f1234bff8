package dev.offshoot.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ColumnShape;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.SchemaChange;
import dev.offshoot.domain.SequenceAdvance;
import dev.offshoot.domain.TableChanges;
import dev.offshoot.domain.TableName;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The change set as JSON lines: one for itself, one for each schema change, one for each row. */
final class DiffJson {
  private final Output output;

  DiffJson(Output output) {
    this.output = output;
  }

  /** First line. */
  record ChangeSet(String type, String digest, List<String> schemaScript) {}

  /** A line for each schema change. */
  record Schema(String type, SchemaChange change) {}

  /** A line for each sequence that moved. */
  record Sequence(String type, TableName sequence, long baseValue, long branchValue) {}

  /** A line for each changed row; values by column name, whole. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Row(
      String type,
      TableName table,
      RowChange.Kind kind,
      @Nullable Map<String, @Nullable String> before,
      @Nullable Map<String, @Nullable String> after,
      int count) {}

  /** A page of one table. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Page(
      String digest,
      TableName table,
      List<ColumnShape> columns,
      List<String> key,
      long from,
      @Nullable Long next,
      List<Row> rows) {}

  /** Counts. */
  record Stat(
      String digest, int schemaChanges, List<TableStat> tables, List<SequenceAdvance> sequences) {
    static Stat of(ChangeSummary changes) {
      return new Stat(
          changes.digest(),
          changes.schemaChangeCount(),
          changes.tables().stream().map(TableStat::of).toList(),
          changes.sequences());
    }
  }

  /** Counts of one table. */
  record TableStat(TableName table, long inserted, long updated, long deleted, long rowsInBase) {
    static TableStat of(TableChanges table) {
      return new TableStat(
          table.table(), table.inserted(), table.updated(), table.deleted(), table.rowsInBase());
    }
  }

  /** Everything but the rows. */
  void head(ChangeSummary changes) {
    output.document(new ChangeSet("changeSet", changes.digest(), changes.schemaScript()));
    changes.schemaChanges().forEach(change -> output.document(new Schema("schema", change)));
    changes
        .sequences()
        .forEach(
            moved ->
                output.document(
                    new Sequence(
                        "sequence", moved.sequence(), moved.baseValue(), moved.branchValue())));
  }

  void rows(TableChanges table, List<RowChange> rows) {
    rows.forEach(row -> output.document(row(table, row)));
  }

  Page page(String digest, TableChanges table, long from, ReadQuestions.Page page) {
    return new Page(
        digest,
        table.table(),
        table.columns(),
        table.keyColumns().stream().map(i -> table.columns().get(i).name()).toList(),
        from,
        page.next(),
        page.rows().stream().map(row -> row(table, row)).toList());
  }

  private static Row row(TableChanges table, RowChange row) {
    return new Row(
        "row",
        table.table(),
        row.kind(),
        named(table, row.before()),
        named(table, row.after()),
        row.count());
  }

  private static @Nullable Map<String, @Nullable String> named(
      TableChanges table, @Nullable List<@Nullable String> image) {
    if (image == null) {
      return null;
    }
    Map<String, @Nullable String> values = new LinkedHashMap<>();
    for (int i = 0; i < image.size(); i++) {
      values.put(table.columns().get(i).name(), image.get(i));
    }
    return values;
  }
}
