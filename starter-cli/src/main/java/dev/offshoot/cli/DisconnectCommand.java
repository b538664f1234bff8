package dev.offshoot.cli;

import dev.offshoot.client.AgentSession;
import dev.offshoot.client.Experiment;
import dev.offshoot.domain.SessionView;
import picocli.CommandLine.Command;

/** {@code experiment disconnect}. */
@Command(
    name = "disconnect",
    description = "End the connections of a session's agent and take in what they did.")
final class DisconnectCommand extends SessionCommand {

  @Override
  ExitCode run(AgentSession session, Experiment experiment, Connection connection, Output output) {
    SessionView view = session.disconnect();
    if (output.forPeople()) {
      output.line("disconnected; look at it with ./offshoot experiment diff " + experiment.id());
    } else {
      output.document(view);
    }
    return ExitCode.DONE;
  }
}
