package dev.offshoot.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.SchemaChange;
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

  /** A line for each changed row; values by column name. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Row(
      String type,
      TableName table,
      RowChange.Kind kind,
      @Nullable Map<String, @Nullable String> before,
      @Nullable Map<String, @Nullable String> after,
      int count) {}

  void schema(ChangeSummary changes) {
    output.document(new ChangeSet("changeSet", changes.digest(), changes.schemaScript()));
    changes.schemaChanges().forEach(change -> output.document(new Schema("schema", change)));
  }

  void rows(TableChanges table, List<RowChange> rows) {
    for (RowChange row : rows) {
      output.document(
          new Row(
              "row",
              table.table(),
              row.kind(),
              named(table, row.before()),
              named(table, row.after()),
              row.count()));
    }
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
