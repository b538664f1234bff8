package dev.offshoot.cli;

import dev.offshoot.client.Experiment;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.TableChanges;
import dev.offshoot.domain.TableName;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code experiment diff}. */
@Command(
    name = "diff",
    sortOptions = false,
    description = {
      "Show what an experiment changed: + came, ~ changed, - went.",
      "Shows the first rows of each table; --table shows all rows of one."
    })
final class DiffCommand extends OneExperimentCommand {
  private static final int PAGE = 500;

  /** How the change set is shown; only one way at a time. */
  static final class Form {
    @Option(names = "--stat", description = "counts only")
    boolean stat;

    @Option(names = "--sql", description = "as SQL, every row")
    boolean sql;
  }

  @ArgGroup Form form = new Form();

  @Option(names = "--table", paramLabel = "TABLE", description = "only this table, every row")
  @Nullable String table;

  @Option(
      names = "--rows",
      paramLabel = "N",
      defaultValue = "10",
      description = "rows of each table (default ${DEFAULT-VALUE})")
  int rows;

  @Option(names = "--wide", description = "all columns, however wide the terminal is")
  boolean wide;

  @Override
  ExitCode run(Offshoot offshoot, Connection connection, Experiment experiment, Output output) {
    if (rows < 0) {
      throw new CliException(ExitCode.USAGE, "--rows: must be 0 or more", null);
    }
    ExperimentStatus status = experiment.status();
    @Nullable ChangeSummary changes = status.changes();
    if (changes == null) {
      throw new CliException(
          status.outcome() == null ? ExitCode.PENDING : ExitCode.NOT_FOUND,
          "experiment %s has no change set (%s)"
              .formatted(
                  status.id(),
                  status.outcome() == null
                      ? "stage " + status.stage()
                      : "it ended " + status.outcome().outcome()),
          status.outcome() == null
              ? "./offshoot experiment watch %s --until-decision waits for it"
                  .formatted(status.id())
              : "./offshoot experiment show %s says why".formatted(status.id()));
    }
    List<TableChanges> tables = table == null ? changes.tables() : List.of(only(table, changes));
    ReadQuestions worker = new ReadQuestions(connection);
    if (form.sql) {
      sql(changes, tables, worker, output);
    } else if (output.format() == Output.Format.JSON) {
      output.document(changes);
    } else if (output.format() == Output.Format.JSONL) {
      DiffJson json = new DiffJson(output);
      json.schema(changes);
      tables.forEach(
          changed ->
              worker.rows(
                  changes.digest(),
                  changed.table(),
                  Long.MAX_VALUE,
                  PAGE,
                  page -> json.rows(changed, page)));
    } else {
      text(changes, tables, worker, output);
    }
    return ExitCode.DONE;
  }

  private void text(
      ChangeSummary changes, List<TableChanges> tables, ReadQuestions worker, Output output) {
    DiffRenderer renderer =
        new DiffRenderer(output.colour(), wide ? 0 : output.terminal().columns());
    if (form.stat) {
      output.lines(renderer.stat(changes));
      return;
    }
    if (table == null) {
      output.lines(renderer.head(changes));
      for (TableChanges changed : tables) {
        output.line("");
        output.lines(renderer.table(changed, firstRows(changes, changed, worker)));
      }
      return;
    }
    TableChanges changed = tables.get(0);
    output.lines(renderer.table(changed, List.of()).subList(0, 1));
    RowsRenderer rowsRenderer =
        new RowsRenderer(output.colour(), wide ? 0 : output.terminal().columns());
    worker.rows(
        changes.digest(),
        changed.table(),
        Long.MAX_VALUE,
        PAGE,
        page -> output.lines(rowsRenderer.lines(changed, page)));
  }

  private List<RowChange> firstRows(
      ChangeSummary changes, TableChanges changed, ReadQuestions worker) {
    boolean sampleIsEnough =
        changed.sample().size() >= rows
            || changed.sample().stream().mapToLong(row -> row.count()).sum() >= changed.total();
    return sampleIsEnough
        ? changed.sample().subList(0, Math.min(rows, changed.sample().size()))
        : worker.firstRows(changes.digest(), changed.table(), rows);
  }

  private static void sql(
      ChangeSummary changes, List<TableChanges> tables, ReadQuestions worker, Output output) {
    SqlRenderer renderer = new SqlRenderer();
    ShownSql shown = new ShownSql(output);
    shown.lines(renderer.head(changes));
    for (TableChanges changed : tables) {
      worker.rows(
          changes.digest(),
          changed.table(),
          Long.MAX_VALUE,
          PAGE,
          page -> shown.lines(renderer.rows(changed, page)));
    }
    shown.lines(renderer.tail());
  }

  private static TableChanges only(String wanted, ChangeSummary changes) {
    return changes.tables().stream()
        .filter(changed -> matches(wanted, changed.table()))
        .findFirst()
        .orElseThrow(
            () ->
                new CliException(
                    ExitCode.NOT_FOUND,
                    "--table: the change set has no table '%s'".formatted(wanted),
                    "it has "
                        + changes.tables().stream()
                            .map(changed -> DiffRenderer.shown(changed.table()))
                            .collect(Collectors.joining(", "))));
  }

  private static boolean matches(String wanted, TableName name) {
    return wanted.equals(name.toString()) || wanted.equals(name.schema() + "." + name.name());
  }
}
