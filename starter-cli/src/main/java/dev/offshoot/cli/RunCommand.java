package dev.offshoot.cli;

import dev.offshoot.client.AgentSession;
import dev.offshoot.client.Experiment;
import dev.offshoot.domain.RunAnswer;
import dev.offshoot.domain.RunRequest;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code experiment run}. */
@Command(
    name = "run",
    sortOptions = false,
    description = {
      "Run statements in a session, in one transaction: all of them are applied, or none.",
      "Exit 0: applied. What the server refuses is told with its SQLSTATE, and the session goes on."
    })
final class RunCommand extends OneExperimentCommand {

  /** Where the statements come from. */
  static final class Source {
    @Option(
        names = {"-c", "--command"},
        paramLabel = "SQL",
        description = "the statements")
    @Nullable String command;

    @Option(names = "--sql", paramLabel = "FILE|-", description = "file with the statements")
    @Nullable String sql;
  }

  @ArgGroup(multiplicity = "1")
  @Nullable Source source;

  @Option(
      names = "--rows",
      paramLabel = "N",
      description = "rows of each result (default: as the specification says, 10)")
  @Nullable Integer rows;

  @Override
  ExitCode run(Offshoot offshoot, Connection connection, Experiment experiment, Output output) {
    Source from = Objects.requireNonNull(source, "picocli requires one");
    String sql =
        from.command != null
            ? from.command
            : new SpecFile(offshoot.terminal()).sql(String.valueOf(from.sql));
    AgentSession session = experiment.session();
    RunAnswer answer = session.run(new RunRequest(sql, rows, null, null));
    if (output.forPeople()) {
      output.lines(new RunRenderer(output.colour(), experiment.id()).lines(answer));
    } else {
      output.document(answer);
    }
    return answer.failure() == null ? ExitCode.DONE : ExitCode.of(answer.failure().code());
  }
}
