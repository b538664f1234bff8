package dev.offshoot.cli;

import dev.offshoot.client.Experiment;
import dev.offshoot.domain.Decision;
import dev.offshoot.domain.DecisionRequest;
import dev.offshoot.domain.ExperimentStatus;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code experiment reject}. */
@Command(
    name = "reject",
    sortOptions = false,
    description = "Drop an experiment, at any stage before its merge (exit 0: it was dropped).")
final class RejectCommand extends OneExperimentCommand {
  @Option(
      names = {"-m", "--reason"},
      required = true,
      paramLabel = "WHY",
      description = "why")
  @Nullable String reason;

  @Option(names = "--by", paramLabel = "NAME", description = "who decides (default: you)")
  @Nullable String by;

  @Override
  ExitCode run(Offshoot offshoot, Connection connection, Experiment experiment, Output output)
      throws InterruptedException {
    ExperimentStatus before = experiment.status();
    DecisionSender sender = new DecisionSender(connection, experiment, output);
    sender.send(
        Decision.Kind.REJECT,
        new DecisionRequest(
            Objects.requireNonNullElse(by, offshoot.actor()), reason, null, List.of()));
    ExperimentStatus after = sender.follow(before);
    if (output.format() == Output.Format.JSON) {
      output.document(after);
    }
    return ExitCode.of(after) == ExitCode.DROPPED ? ExitCode.DONE : ExitCode.CONFLICT;
  }
}
