package dev.offshoot.cli;

import dev.offshoot.domain.Hazard;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.Stage;
import dev.offshoot.workflow.OffshootNames;
import io.temporal.common.SearchAttributeKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which experiments a list wants. */
record ExperimentQuery(
    @Nullable Stage stage,
    @Nullable String parent,
    @Nullable String tenant,
    @Nullable Hazard hazard) {

  /** The query in the language of Temporal's lists. */
  String text() {
    List<String> conditions = new ArrayList<>();
    conditions.add("WorkflowType='Experiment'");
    add(conditions, OffshootNames.STAGE, stage == null ? null : stage.name());
    add(conditions, OffshootNames.PARENT, parent);
    add(conditions, OffshootNames.TENANT, tenant);
    add(conditions, OffshootNames.HAZARD, hazard == null ? null : hazard.name());
    return String.join(" AND ", conditions);
  }

  private static void add(
      List<String> conditions, SearchAttributeKey<?> key, @Nullable String value) {
    if (value == null) {
      return;
    }
    if (value.chars().anyMatch(c -> c == '\'' || c == '"' || c == '\\' || c == '`' || c < ' ')) {
      throw new CliException(
          ExitCode.USAGE,
          "'%s' cannot be searched for".formatted(ShownText.oneLine(value, 60)),
          "names with quotes or backslashes cannot be a filter; filter the output of -o json");
    }
    conditions.add("%s='%s'".formatted(key.getName(), value));
  }
}
