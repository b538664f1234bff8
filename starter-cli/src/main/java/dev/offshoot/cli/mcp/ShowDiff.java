package dev.offshoot.cli.mcp;

import dev.offshoot.client.Experiment;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.DiffPage;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.HandInRequest;
import dev.offshoot.domain.Stage;
import dev.offshoot.domain.TableChanges;
import dev.offshoot.domain.TableName;
import dev.offshoot.text.SqlLiteral;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** {@code show_diff}: what has changed, by counts; the rows of one table when asked. */
final class ShowDiff implements AgentTool {
  private static final String TABLE = "table";
  private static final String AFTER = "after";
  private static final int USUAL_ROWS = 20;
  private static final int MOST_ROWS = 100;
  private static final int MOST_NAMED = 20;

  private final ToolSettings settings;

  ShowDiff(ToolSettings settings) {
    this.settings = settings;
  }

  @Override
  public String name() {
    return "show_diff";
  }

  @Override
  public String title() {
    return "What has changed";
  }

  @Override
  public String description() {
    return """
    Shows what your experiment has changed compared with the branch point: counts for each table, and schema changes. \
    While the session goes on it is what would be handed in now; afterwards it is what is reviewed. \
    With table, the changed rows of that one table, page by page: pass the 'after' of an answer to go on. Call it before submit.""";
  }

  @Override
  public List<Argument> arguments() {
    return List.of(
        Argument.text(TABLE, "A table with changes, as the answer without it names it.").optional(),
        Argument.number(AFTER, 0, Long.MAX_VALUE, "With table: skip so many changed rows."),
        Argument.number(
            "rows",
            1,
            MOST_ROWS,
            "With table: rows to show; %d if left out.".formatted(USUAL_ROWS)),
        Argument.experiment());
  }

  @Override
  public Effect effect() {
    return Effect.READS;
  }

  @Override
  public Object call(Caller caller, Arguments arguments) {
    Experiment experiment = caller.experiment(arguments);
    @Nullable String table = arguments.textOrNull(TABLE);
    long after = arguments.number(AFTER, 0);
    if (table == null && after > 0) {
      throw new Refusal("BAD_ARGUMENT", "after: goes with table only", "name the table as well");
    }
    // Later pages belong to what the first one showed.
    @Nullable ChangeSummary before = after > 0 ? caller.lookedAt(experiment.id()) : null;
    ChangeSummary changes = before != null ? before : changesOf(caller, experiment);
    caller.looksAt(experiment.id(), changes);
    if (table == null) {
      return outline(experiment, changes);
    }
    TableChanges changed = only(table, changes, caller.backstage());
    return rows(
        caller.backstage(), changes, changed, after, (int) arguments.number("rows", USUAL_ROWS));
  }

  private static ChangeSummary changesOf(Caller caller, Experiment experiment) {
    ExperimentStatus status = experiment.status();
    if (status.stage() == Stage.IN_SESSION) {
      return experiment.session().diff(new HandInRequest(caller.identity(), null));
    }
    if (status.changes() == null) {
      throw new Refusal(
          "NO_CHANGES",
          "experiment %s has no change set: %s"
              .formatted(
                  status.id(),
                  status.outcome() == null
                      ? "it is at stage " + status.stage()
                      : "it ended " + status.outcome().outcome()),
          status.outcome() == null
              ? "call status in a while until there is one"
              : "status says how it ended");
    }
    return status.changes();
  }

  private static Object outline(Experiment experiment, ChangeSummary changes) {
    Answer answer =
        new Answer()
            .with("experiment", experiment.id().value())
            .with("digest", changes.digest())
            .when("nothingChanged", changes.nothingChanged());
    ChangeOutline.of(changes).asMap().forEach(answer::with);
    return answer
        .data()
        .next(
            changes.tables().isEmpty()
                ? "no table has changed rows; submit hands in what there is"
                : "show_diff with {\"table\": ...} shows the rows of one table; submit hands it all in")
        .asMap();
  }

  private static TableChanges only(String wanted, ChangeSummary changes, Backstage backstage) {
    return find(wanted, changes.tables())
        .orElseGet(
            () -> {
              List<TableChanges> all = backstage.schema(changes.digest()).tables();
              return find(wanted, all).orElseThrow(() -> noSuchTable(all));
            });
  }

  private static Optional<TableChanges> find(String wanted, List<TableChanges> tables) {
    return tables.stream().filter(changed -> matches(wanted, changed.table())).findFirst();
  }

  private static boolean matches(String wanted, TableName name) {
    return wanted.equals(SqlLiteral.shown(name))
        || wanted.equals(name.toString())
        || wanted.equals(name.schema() + "." + name.name());
  }

  private static Refusal noSuchTable(List<TableChanges> tables) {
    return new Refusal(
        "NOT_FOUND",
        "table: the change set has no rows of such a table",
        tables.isEmpty()
            ? "no table has changed rows"
            : "it has rows of "
                + tables.stream()
                    .limit(MOST_NAMED)
                    .map(changed -> SqlLiteral.shown(changed.table()))
                    .collect(Collectors.joining(", ")));
  }

  private Object rows(
      Backstage backstage, ChangeSummary changes, TableChanges table, long after, int most) {
    RowBudget budget = new RowBudget(backstage);
    ChangedRows shown = new ChangedRows(table, settings);
    @Nullable Long from = after;
    boolean full = false;
    while (from != null && !full && shown.count() < most) {
      long begin = from;
      DiffPage page = backstage.rows(changes.digest(), table.table(), begin, most - shown.count());
      int taken = shown.add(page.rows(), budget);
      full = taken < page.rows().size();
      from = full ? Long.valueOf(begin + taken) : page.next();
    }
    return new Answer()
        .with("table", SqlLiteral.shown(table.table()))
        .with("digest", changes.digest())
        .with("changedRows", table.total())
        .with("from", after)
        .with("rows", shown.rows())
        .with(AFTER, from)
        .with("masked", shown.masked())
        .data()
        .next(
            from == null
                ? "these are the last changed rows of the table"
                : "call show_diff with this table and {\"after\": %d} for more".formatted(from))
        .asMap();
  }
}
