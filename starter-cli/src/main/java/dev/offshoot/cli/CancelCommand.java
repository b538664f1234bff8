package dev.offshoot.cli;

import dev.offshoot.client.Experiment;
import dev.offshoot.domain.ExperimentOutcome;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.Outcome;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code experiment cancel}. */
@Command(
    name = "cancel",
    description = {
      "End an experiment without a merge and delete its branch (exit 0: cancelled).",
      "A merge that has begun is finished first (exit 7)."
    })
final class CancelCommand extends OneExperimentCommand {
  @Option(
      names = {"-m", "--reason"},
      paramLabel = "WHY",
      description = "why")
  @Nullable String reason;

  @Override
  ExitCode run(Offshoot offshoot, Connection connection, Experiment experiment, Output output)
      throws InterruptedException {
    ExperimentStatus before = experiment.status();
    if (before.outcome() != null) {
      throw ended(before.outcome());
    }
    experiment.cancel(
        "%s by %s".formatted(Objects.requireNonNullElse(reason, "cancelled"), offshoot.actor()));
    LiveView view = new LiveView(connection, output);
    view.skip(before);
    ExperimentStatus after = view.follow(experiment, now -> false);
    if (output.format() == Output.Format.JSON) {
      output.document(after);
    }
    ExperimentOutcome outcome = Objects.requireNonNull(after.outcome(), "closed");
    if (outcome.outcome() != Outcome.CANCELLED) {
      throw ended(outcome);
    }
    return ExitCode.DONE;
  }

  private static CliException ended(ExperimentOutcome outcome) {
    return new CliException(
        ExitCode.CONFLICT,
        "too late to cancel: it ended %s by %s".formatted(outcome.outcome(), outcome.by()),
        null);
  }
}
