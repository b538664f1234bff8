package dev.offshoot.cli;

import dev.offshoot.client.AgentSession;
import dev.offshoot.client.Experiment;
import dev.offshoot.domain.HandInAnswer;
import dev.offshoot.domain.HandInRequest;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code experiment submit}. */
@Command(
    name = "submit",
    sortOptions = false,
    description = {
      "Hand in what a session has applied; from then on it is reviewed like any experiment.",
      "Exit 0: handed in, exit 5 with --wait: a person is asked."
    })
final class SubmitCommand extends SessionCommand {
  @Option(
      names = {"-m", "--reason"},
      paramLabel = "WHY",
      description = "why, for reviewers")
  @Nullable String reason;

  @Option(
      names = "--wait",
      description = "show the path live until a decision is needed or it has ended")
  boolean wait;

  @Override
  ExitCode run(AgentSession session, Experiment experiment, Connection connection, Output output)
      throws InterruptedException {
    HandInAnswer answer = session.submit(new HandInRequest(null, reason));
    if (answer.failure() != null) {
      throw new CliException(
          ExitCode.of(answer.failure().code()),
          "not handed in: " + answer.failure().message(),
          "the session goes on; correct it and submit again");
    }
    if (wait) {
      return StartCommand.waited(connection, experiment, output);
    }
    if (output.forPeople()) {
      output.line("%s handed in".formatted(Numbers.of(answer.statements(), "statement")));
    } else {
      output.document(answer);
    }
    output.message("watch it with ./offshoot experiment watch " + experiment.id());
    return ExitCode.DONE;
  }
}
