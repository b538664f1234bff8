package dev.offshoot.cli;

import dev.offshoot.client.AgentSession;
import dev.offshoot.client.Experiment;
import dev.offshoot.domain.SavepointAnswer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code experiment undo}. */
@Command(
    name = "undo",
    description = "Make the branch of a session what it was when a savepoint was taken.")
final class UndoCommand extends SessionCommand {
  @Parameters(index = "1", paramLabel = "NAME", description = "the savepoint")
  @Nullable String name;

  @Override
  ExitCode run(AgentSession session, Experiment experiment, Connection connection, Output output) {
    SavepointAnswer answer = session.undo(String.valueOf(name));
    if (output.forPeople()) {
      output.line(
          "back to %s after run %d: %s undone, in %s"
              .formatted(
                  answer.savepoint(),
                  answer.afterRun(),
                  Numbers.of(answer.undoneRuns().size(), "run"),
                  Numbers.millis(answer.millis())));
    } else {
      output.document(answer);
    }
    return ExitCode.DONE;
  }
}
