package dev.offshoot.cli.mcp;

import dev.offshoot.client.AgentSession;
import dev.offshoot.domain.RowsAnswer;
import dev.offshoot.domain.RowsRequest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code more_rows}: the next rows of a query that {@code run_sql} has shown the first of. */
final class MoreRows implements AgentTool {
  private static final int USUAL_ROWS = 20;
  private static final int MOST_ROWS = 200;

  @Override
  public String name() {
    return "more_rows";
  }

  @Override
  public String title() {
    return "More rows of a query";
  }

  @Override
  public String description() {
    return """
    Shows the next rows of a query of run_sql, as long as nothing was written since. Give it an ORDER BY; prefer a narrower query.""";
  }

  @Override
  public List<Argument> arguments() {
    return List.of(
        Argument.number("run", 1, Integer.MAX_VALUE, "Of run_sql.").necessary(),
        Argument.number("statement", 1, 1_000, "1 if left out."),
        Argument.number("from", 0, Integer.MAX_VALUE, "Rows that you have seen."),
        Argument.number("rows", 1, MOST_ROWS, "%d if left out.".formatted(USUAL_ROWS)),
        Argument.experiment());
  }

  @Override
  public Effect effect() {
    return Effect.READS;
  }

  @Override
  public Object call(Caller caller, Arguments arguments) {
    AgentSession session = caller.session(arguments);
    RowsAnswer answer =
        session.rows(
            new RowsRequest(
                (int) arguments.number("run", 1),
                (int) arguments.number("statement", 1),
                arguments.number("from", 0),
                (int) arguments.number("rows", USUAL_ROWS),
                caller.identity()));
    if (answer.failure() != null) {
      throw new Refusal(answer.failure(), "run the query again by run_sql");
    }
    RowBudget budget = new RowBudget(caller.backstage());
    boolean fits = budget.takes(answer.columns());
    List<List<@Nullable String>> rows = new ArrayList<>();
    for (List<@Nullable String> row : answer.rows()) {
      if (!fits || !budget.takes(row)) {
        break;
      }
      rows.add(row);
    }
    boolean more = answer.next() != null || rows.size() < answer.rows().size();
    long next = answer.from() + rows.size();
    return new Answer()
        .with("experiment", session.id().value())
        .with("run", answer.run())
        .with("columns", answer.columns())
        .with("rows", rows)
        .with("nextFrom", more ? next : null)
        .data()
        .next(
            more
                ? "call more_rows again with from %d, or ask a narrower query".formatted(next)
                : "there are no more rows")
        .asMap();
  }
}
