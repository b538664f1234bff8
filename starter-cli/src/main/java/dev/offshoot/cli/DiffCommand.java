package dev.offshoot.cli;

import dev.offshoot.client.Experiment;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.SchemaPage;
import dev.offshoot.domain.Stage;
import dev.offshoot.domain.TableChanges;
import dev.offshoot.domain.TableName;
import dev.offshoot.text.ChangeScript;
import dev.offshoot.text.SqlLiteral;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code experiment diff}. */
@Command(
    name = "diff",
    sortOptions = false,
    description = {
      "Show what an experiment changed: + came, ~ changed, - went.",
      "Shows the first rows of each table; --table shows all rows of one.",
      "Of a session that goes on: what would be handed in now."
    })
final class DiffCommand extends OneExperimentCommand {
  /** Rows that are aligned with one another. */
  private static final int PAGE = 500;

  /** How the change set is shown; only one way at a time. */
  static final class Form {
    @Option(names = "--stat", description = "counts only")
    boolean stat;

    @Option(names = "--sql", description = "as an SQL script, every row")
    boolean sql;
  }

  @ArgGroup Form form = new Form();

  @Option(names = "--table", paramLabel = "TABLE", description = "only this table, every row")
  @Nullable String table;

  @Mixin DiffPaging paging = new DiffPaging();

  @Option(
      names = "--rows",
      paramLabel = "N",
      defaultValue = "10",
      description = "rows of each table (default ${DEFAULT-VALUE})")
  int rows;

  @Option(names = "--wide", description = "aligned in columns, however wide the terminal is")
  boolean wide;

  @Override
  ExitCode run(Offshoot offshoot, Connection connection, Experiment experiment, Output output) {
    if (rows < 0) {
      throw new CliException(ExitCode.USAGE, "--rows: must be 0 or more", null);
    }
    boolean oneTable = table != null && !form.sql && !form.stat;
    paging.require(oneTable);
    ExperimentStatus status = experiment.status();
    ChangeSummary told =
        status.stage() == Stage.IN_SESSION ? experiment.session().diff() : changesOf(status);
    ReadQuestions worker = new ReadQuestions(connection);
    if (form.stat) {
      stat(told, output);
    } else if (output.format() == Output.Format.JSON && table == null && !form.sql) {
      output.document(told);
    } else {
      SchemaPage whole = worker.schema(told.digest());
      if (form.sql) {
        sql(told, whole, worker, output);
      } else if (oneTable) {
        oneTable(told, only(String.valueOf(table), whole.tables()), whole, worker, output);
      } else if (output.format() == Output.Format.JSONL) {
        everything(told, whole, worker, output);
      } else {
        text(told, whole, worker, output);
      }
    }
    return ExitCode.DONE;
  }

  private static ChangeSummary changesOf(ExperimentStatus status) {
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
    return changes;
  }

  private DiffRenderer renderer(Output output) {
    return new DiffRenderer(output.colour(), width(output));
  }

  private int width(Output output) {
    return wide ? 0 : output.terminal().columns();
  }

  private void stat(ChangeSummary changes, Output output) {
    if (output.forPeople()) {
      output.lines(renderer(output).stat(changes));
    } else {
      output.document(DiffJson.Stat.of(changes));
    }
  }

  /** History's summary with what the ledger has in full. */
  private static ChangeSummary full(ChangeSummary told, SchemaPage whole) {
    return new ChangeSummary(
        told.digest(),
        whole.changes(),
        whole.changes().size(),
        whole.script().stream().map(statement -> statement.sql()).toList(),
        whole.tables(),
        told.rewrittenTables(),
        told.sequences(),
        told.millis(),
        told.reversal(),
        told.observed());
  }

  private void text(ChangeSummary told, SchemaPage whole, ReadQuestions worker, Output output) {
    ChangeSummary changes = full(told, whole);
    DiffRenderer renderer = renderer(output);
    output.lines(renderer.head(changes));
    for (TableChanges changed : changes.tables()) {
      List<RowChange> first =
          rows == 0 ? List.of() : worker.firstRows(told.digest(), changed.table(), rows);
      output.line("");
      output.lines(renderer.table(changes, changed, first));
      output.requireReader();
    }
  }

  private void oneTable(
      ChangeSummary told,
      TableChanges changed,
      SchemaPage whole,
      ReadQuestions worker,
      Output output) {
    long from = paging.from();
    long most = paging.most(output.format());
    DiffJson json = new DiffJson(output);
    if (output.format() == Output.Format.JSON) {
      ReadQuestions.Page page = worker.page(told.digest(), changed, from, most);
      output.document(json.page(told.digest(), changed, from, page));
      return;
    }
    RowsRenderer renderer = new RowsRenderer(output.colour(), width(output));
    if (output.forPeople()) {
      output.line(renderer(output).title(full(told, whole), changed));
    }
    long[] shown = {0};
    @Nullable Long next =
        worker.rows(
            told.digest(),
            changed,
            from,
            most,
            PAGE,
            !output.forPeople(),
            page -> {
              shown[0] += page.size();
              if (output.forPeople()) {
                output.lines(renderer.lines(changed, page));
              } else {
                json.rows(changed, page);
              }
              output.requireReader();
            });
    if (output.forPeople() && paging.isLimited()) {
      output.message(paging.where(shown[0], next, changed));
    }
  }

  private static void everything(
      ChangeSummary told, SchemaPage whole, ReadQuestions worker, Output output) {
    DiffJson json = new DiffJson(output);
    json.head(full(told, whole));
    for (TableChanges changed : whole.tables()) {
      worker.rows(
          told.digest(),
          changed,
          0,
          Long.MAX_VALUE,
          PAGE,
          true,
          page -> {
            json.rows(changed, page);
            output.requireReader();
          });
    }
  }

  private void sql(ChangeSummary told, SchemaPage whole, ReadQuestions worker, Output output) {
    ShownSql shown = new ShownSql(output);
    ChangeScript.Rows source =
        (changed, stretches) ->
            worker.rows(
                told.digest(),
                changed,
                0,
                Long.MAX_VALUE,
                PAGE,
                true,
                page -> {
                  stretches.accept(page);
                  output.requireReader();
                });
    if (table != null) {
      ChangeScript.writeRows(told.digest(), only(table, whole.tables()), source, shown::line);
    } else {
      ChangeScript.write(
          told.digest(),
          whole.script(),
          whole.changes(),
          whole.tables(),
          told.sequences(),
          source,
          shown::line);
    }
  }

  private static TableChanges only(String wanted, List<TableChanges> tables) {
    return tables.stream()
        .filter(changed -> matches(wanted, changed.table()))
        .findFirst()
        .orElseThrow(
            () ->
                new CliException(
                    ExitCode.NOT_FOUND,
                    "--table: the change set has no rows of a table '%s'".formatted(wanted),
                    tables.isEmpty()
                        ? "it has no rows at all"
                        : "it has "
                            + tables.stream()
                                .map(changed -> DiffRenderer.shown(changed.table()))
                                .collect(Collectors.joining(", "))));
  }

  /** As it is shown, or without the quotes. */
  private static boolean matches(String wanted, TableName name) {
    return wanted.equals(SqlLiteral.shown(name))
        || wanted.equals(SqlLiteral.name(name))
        || wanted.equals(name.toString())
        || wanted.equals(name.schema() + "." + name.name());
  }
}
