package dev.offshoot.cli;

import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.Failure;
import dev.offshoot.domain.RowsAnswer;
import dev.offshoot.domain.RunAnswer;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.StatementResult;
import dev.offshoot.text.ShownValue;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The answer to a session's run as people read it; pure, every value made safe to show. */
final class RunRenderer {
  private static final int TEXT_LIMIT = 400;
  private static final int CELL_LIMIT = 60;

  private final Colour colour;
  private final ExperimentId id;

  /**
   * @param id of the session's experiment, for the command that shows more
   */
  RunRenderer(Colour colour, ExperimentId id) {
    this.colour = colour;
    this.id = id;
  }

  List<String> lines(RunAnswer answer) {
    List<String> lines = new ArrayList<>();
    int place = 0;
    for (StatementResult statement : answer.statements()) {
      place++;
      lines.addAll(statement(statement, next(answer.run(), place, statement.rows().size())));
    }
    answer
        .notices()
        .forEach(notice -> lines.add(colour.warning("notice   ") + shown(notice, TEXT_LIMIT)));
    @Nullable Failure failure = answer.failure();
    if (failure != null) {
      lines.add(colour.removed("nothing was applied: ") + shown(failure.message(), 2 * TEXT_LIMIT));
    }
    if (answer.resultsLost()) {
      lines.add(
          colour.warning("applied, ")
              + "but its rows and notices were lost with the worker; query again");
    }
    lines.add(
        colour.faint(
            "run %d in %s, %s left"
                .formatted(
                    answer.run(),
                    Numbers.millis(answer.millis()),
                    Numbers.of(answer.statementsLeft(), "statement"))));
    return lines;
  }

  /** More rows of a query. */
  List<String> lines(RowsAnswer answer) {
    @Nullable Failure failure = answer.failure();
    if (failure != null) {
      return List.of(
          colour.removed("the server refused: ") + shown(failure.message(), 2 * TEXT_LIMIT));
    }
    String more =
        answer.next() == null
            ? ""
            : ", there are more: " + next(answer.run(), answer.statement(), answer.next());
    return rows(answer.columns(), answer.rows(), more);
  }

  private String next(int run, int statement, long from) {
    return "experiment rows %s --run %d%s --from %d"
        .formatted(id, run, statement == 1 ? "" : " --statement " + statement, from);
  }

  private List<String> statement(StatementResult result, String next) {
    List<String> lines = new ArrayList<>();
    if (!result.columns().isEmpty()) {
      lines.addAll(
          rows(
              result.columns(),
              result.rows(),
              result.moreRows() ? ", there are more: " + next : ""));
    }
    String effect =
        result.rowsAffected() == null ? "" : Numbers.of(result.rowsAffected(), "row") + "  ";
    String schema = result.changedSchema() ? "schema changed  " : "";
    if (result.columns().isEmpty() || result.rowsAffected() != null || result.changedSchema()) {
      lines.add(
          "%s%s%s  %s"
              .formatted(
                  effect,
                  schema,
                  colour.faint(shown(result.sql(), 80)),
                  colour.faint(Numbers.millis(result.millis()))));
    }
    return lines;
  }

  private List<String> rows(
      List<String> columns, List<List<@Nullable String>> values, String more) {
    Table table = new Table(columns.size());
    table.row(
        columns.stream()
            .map(name -> shown(name, CELL_LIMIT))
            .map(name -> new Table.Cell(name, colour.strong(name)))
            .toList());
    for (List<@Nullable String> row : values) {
      table.row(
          row.stream().map(value -> Table.Cell.of(ShownValue.of(value, CELL_LIMIT))).toList());
    }
    List<String> lines = new ArrayList<>(table.lines(" "));
    lines.add(colour.faint("(%s%s)".formatted(Numbers.of(values.size(), "row"), more)));
    return lines;
  }

  private static String shown(String text, int limit) {
    return ShownText.oneLine(text, limit);
  }
}
