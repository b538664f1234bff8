package dev.offshoot.cli;

import dev.offshoot.client.AgentSession;
import dev.offshoot.client.Experiment;
import dev.offshoot.domain.HandInAnswer;
import dev.offshoot.domain.HandInRequest;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code experiment discard}. */
@Command(name = "discard", description = "End a session with nothing handed in.")
final class DiscardCommand extends SessionCommand {
  @Option(
      names = {"-m", "--reason"},
      paramLabel = "WHY",
      description = "why")
  @Nullable String reason;

  @Override
  ExitCode run(AgentSession session, Experiment experiment, Connection connection, Output output) {
    HandInAnswer answer = session.discard(new HandInRequest(null, reason));
    if (output.forPeople()) {
      output.line("discarded; the branch is being deleted");
    } else {
      output.document(answer);
    }
    return ExitCode.DONE;
  }
}
