package dev.offshoot.cli;

import dev.offshoot.client.AgentSession;
import dev.offshoot.client.Experiment;
import dev.offshoot.domain.RowsAnswer;
import dev.offshoot.domain.RowsRequest;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code experiment rows}. */
@Command(
    name = "rows",
    sortOptions = false,
    description = {
      "Show more rows of a query that a session has run, as long as nothing was written since.",
      "The query is read again from there on; without ORDER BY their order is the server's choice."
    })
final class RowsCommand extends SessionCommand {
  @Option(
      names = "--run",
      required = true,
      paramLabel = "N",
      description = "run that had the query")
  int run;

  @Option(
      names = "--statement",
      paramLabel = "N",
      description = "its place in that run, from 1 (default: 1)")
  @Nullable Integer statement;

  @Option(names = "--from", paramLabel = "N", description = "rows to leave out (default: 0)")
  @Nullable Long from;

  @Option(
      names = "--rows",
      paramLabel = "N",
      description = "how many (default: as the specification says, 10)")
  @Nullable Integer rows;

  @Override
  ExitCode run(AgentSession session, Experiment experiment, Connection connection, Output output) {
    RowsAnswer answer = session.rows(new RowsRequest(run, statement, from, rows, null));
    if (output.forPeople()) {
      output.lines(new RunRenderer(output.colour(), session.id()).lines(answer));
    } else {
      output.document(answer);
    }
    return answer.failure() == null ? ExitCode.DONE : ExitCode.of(answer.failure().code());
  }
}
