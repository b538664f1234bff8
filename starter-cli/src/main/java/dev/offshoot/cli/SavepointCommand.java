package dev.offshoot.cli;

import dev.offshoot.client.AgentSession;
import dev.offshoot.client.Experiment;
import dev.offshoot.domain.SavepointAnswer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code experiment savepoint}. */
@Command(
    name = "savepoint",
    description = "Keep the branch of a session as it is now, to come back by undo.")
final class SavepointCommand extends SessionCommand {
  @Parameters(index = "1", paramLabel = "NAME", description = "how it is called")
  @Nullable String name;

  @Override
  ExitCode run(AgentSession session, Experiment experiment, Connection connection, Output output) {
    SavepointAnswer answer = session.savepoint(String.valueOf(name));
    if (output.forPeople()) {
      output.line(
          "savepoint %s after run %d, in %s"
              .formatted(answer.savepoint(), answer.afterRun(), Numbers.millis(answer.millis())));
    } else {
      output.document(answer);
    }
    return ExitCode.DONE;
  }
}
