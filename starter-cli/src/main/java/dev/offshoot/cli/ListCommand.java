package dev.offshoot.cli;

import dev.offshoot.codec.UndecryptablePayload;
import dev.offshoot.domain.Hazard;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.Stage;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code experiment list}. */
@Command(name = "list", sortOptions = false, description = "List experiments, newest first.")
final class ListCommand extends OffshootCommand {
  private static final int TEXT_LIMIT = 60;

  @Option(names = "--stage", paramLabel = "STAGE", description = "only those in this stage")
  @Nullable Stage stage;

  @Option(names = "--parent", paramLabel = "NAME", description = "only those of this parent")
  @Nullable String parent;

  @Option(names = "--tenant", paramLabel = "NAME", description = "only those of this tenant")
  @Nullable String tenant;

  @Option(names = "--hazard", paramLabel = "HAZARD", description = "only those with this hazard")
  @Nullable Hazard hazard;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "50",
      description = "at most so many (default ${DEFAULT-VALUE})")
  int limit;

  @Override
  ExitCode run(Offshoot offshoot) {
    if (limit < 1 || limit > 500) {
      throw new CliException(ExitCode.USAGE, "--limit: must be 1 to 500", null);
    }
    Output output = offshoot.output();
    ExperimentQuery query = new ExperimentQuery(stage, parent, tenant, hazard);
    try (Connection connection = offshoot.connect()) {
      List<ListedExperiment> found = found(connection, query, output);
      if (output.forPeople()) {
        output.lines(table(found, output.colour()));
        if (found.isEmpty()) {
          output.message("no experiments");
        }
      } else {
        output.documents(found);
      }
    }
    return ExitCode.DONE;
  }

  private List<ListedExperiment> found(
      Connection connection, ExperimentQuery query, Output output) {
    ExperimentLists lists = new ExperimentLists(connection);
    try {
      List<ListedExperiment> found = lists.ofServer(query, limit);
      @Nullable UndecryptablePayload undecryptable = lists.undecryptable();
      if (undecryptable != null) {
        output.warning(
            "without goals: %s; %s".formatted(undecryptable.problem(), undecryptable.remedy()));
      }
      return found;
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() != Status.Code.UNIMPLEMENTED) {
        throw e;
      }
      output.message(
          "this Temporal server cannot list (the embedded one cannot): asking the worker's ledger");
      return lists.ofLedger(query, limit);
    }
  }

  static List<String> table(List<ListedExperiment> experiments, Colour colour) {
    if (experiments.isEmpty()) {
      return List.of();
    }
    Table table = new Table(6);
    table.row(
        List.of("id", "state", "parent", "requested by", "started", "goal").stream()
            .map(name -> new Table.Cell(name, colour.faint(name)))
            .toList());
    for (ListedExperiment experiment : experiments) {
      table.row(
          shown(experiment.id()),
          shown(experiment.state()),
          shown(experiment.parent()),
          shown(experiment.requestedBy()),
          AuditRenderer.time(experiment.startedAt()),
          shown(experiment.goal()));
    }
    return table.lines("");
  }

  private static String shown(@Nullable String text) {
    return text == null ? "" : ShownText.oneLine(text, TEXT_LIMIT);
  }
}
