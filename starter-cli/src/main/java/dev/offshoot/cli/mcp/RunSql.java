package dev.offshoot.cli.mcp;

import dev.offshoot.client.AgentSession;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.RunAnswer;
import dev.offshoot.domain.RunRequest;
import dev.offshoot.domain.StatementResult;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code run_sql}: statements on the branch, all of them or none. */
final class RunSql implements AgentTool {
  private static final int USUAL_ROWS = 20;
  private static final int MOST_ROWS = 200;
  private static final String CORRECT_IT =
      "nothing of this call was applied, and the session goes on: correct the statement and call run_sql again";

  @Override
  public String name() {
    return "run_sql";
  }

  @Override
  public String title() {
    return "Run SQL on the branch";
  }

  @Override
  public String description() {
    return """
    Runs one or more SQL statements (Postgres, separated by semicolons) on your branch, in one transaction: all are applied, or none. \
    Changes stay on the branch. Name the columns you need: at most %d rows of a result are shown (more_rows has the next), and long values are cut. \
    BEGIN, COMMIT, SAVEPOINT and COPY FROM STDIN are refused; savepoint and undo are tools of their own. \
    An error answers with SQLSTATE and position, nothing of that call is applied, and the session goes on."""
        .formatted(MOST_ROWS);
  }

  @Override
  public List<Argument> arguments() {
    return List.of(
        Argument.sql("sql", "The statements."),
        Argument.number(
            "rows",
            0,
            MOST_ROWS,
            "Rows of each result to show; %d if left out.".formatted(USUAL_ROWS)),
        Argument.experiment());
  }

  @Override
  public Effect effect() {
    return Effect.DESTROYS;
  }

  @Override
  public Object call(Caller caller, Arguments arguments) {
    AgentSession session = caller.session(arguments);
    int rows = (int) arguments.number("rows", USUAL_ROWS);
    RunAnswer answer = run(caller, session, arguments.text("sql"), rows, CORRECT_IT);
    return answer(caller, answer, session.id());
  }

  /**
   * Runs statements as the caller.
   *
   * @param otherwise what to do if the server refuses
   * @throws Refusal with SQLSTATE and position if the server refuses
   */
  static RunAnswer run(
      Caller caller, AgentSession session, String sql, int rows, String otherwise) {
    caller.changed(session.id());
    RunAnswer answer = session.run(new RunRequest(sql, rows, caller.identity(), null));
    if (answer.failure() != null) {
      throw new Refusal(answer.failure(), otherwise);
    }
    return answer;
  }

  private static Object answer(Caller caller, RunAnswer answer, ExperimentId id) {
    RowBudget budget = new RowBudget(caller.backstage());
    List<Answer> results = new ArrayList<>();
    int leftOut = 0;
    boolean more = false;
    for (StatementResult result : answer.statements()) {
      if (leftOut > 0 || !budget.takes(result.columns())) {
        leftOut++;
        continue;
      }
      Answer shown = result(result, budget);
      more |= shown.asMap().containsKey("moreRows");
      results.add(shown);
    }
    return new Answer()
        .with("experiment", id.value())
        .with("run", answer.run())
        .with("applied", answer.applied())
        .with("results", Answer.maps(results))
        .with("resultsLeftOut", leftOut == 0 ? null : leftOut)
        .with("notices", answer.notices())
        .when("resultsLost", answer.resultsLost())
        .with("statementsLeft", answer.statementsLeft())
        .data()
        .next(next(answer, more))
        .asMap();
  }

  private static String next(RunAnswer answer, boolean more) {
    if (answer.resultsLost()) {
      return "the statements are applied, but their rows were lost on the way: query again, do not change again";
    }
    if (more) {
      return "there are more rows: ask for fewer columns, aggregate, or call more_rows with this run and as many rows to leave out as you have seen";
    }
    boolean changed =
        answer.statements().stream()
            .anyMatch(result -> result.rowsAffected() != null || result.changedSchema());
    return changed
        ? "show_diff shows what has changed so far; submit hands it in when the task is done"
        : "nothing has changed by this call";
  }

  private static Answer result(StatementResult result, RowBudget budget) {
    List<List<@Nullable String>> rows = new ArrayList<>();
    for (List<@Nullable String> row : result.rows()) {
      if (!budget.takes(row)) {
        break;
      }
      rows.add(row);
    }
    return new Answer()
        .with("columns", result.columns())
        .with("rows", rows)
        .when("moreRows", result.moreRows() || rows.size() < result.rows().size())
        .with("rowsAffected", result.rowsAffected())
        .when("changedSchema", result.changedSchema())
        .with("millis", result.millis());
  }
}
