package dev.offshoot.cli;

import dev.offshoot.client.Experiment;
import dev.offshoot.client.NewExperimentId;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ExperimentSpecBuilder;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.SessionSpec;
import dev.offshoot.domain.Stage;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code experiment open}. */
@Command(
    name = "open",
    sortOptions = false,
    description = {
      "Open a session: a branch that takes statements one after the other.",
      "Prints the id once the branch is there; then run, savepoint, undo, diff, and submit or discard."
    })
final class OpenCommand extends OffshootCommand {
  @Mixin SpecOptions options = new SpecOptions();

  @Option(
      names = "--idle",
      converter = DurationConverter.class,
      paramLabel = "DURATION",
      description = "time without a message until the session ends (default 15m)")
  @Nullable Duration idle;

  @Override
  ExitCode run(Offshoot offshoot) throws InterruptedException {
    ExperimentSpec spec = specification(offshoot);
    StartCommand.requireValid(spec);
    ExperimentId experimentId =
        options.id == null
            ? NewExperimentId.today(Clock.systemUTC())
            : new ExperimentId(options.id);
    Output output = offshoot.output();
    try (Connection connection = offshoot.connect()) {
      Experiment experiment = connection.offshoot().start(experimentId, spec);
      output.message("experiment %s: waiting for its branch".formatted(experiment.id()));
      ExperimentStatus status = experiment.await(now -> isOpen(now.stage()), spec.ttl());
      if (status.stage() != Stage.IN_SESSION) {
        NextStep.of(status).forEach(output::message);
        throw new CliException(
            ExitCode.of(status),
            "experiment %s is not in session but at stage %s%s"
                .formatted(
                    experiment.id(),
                    status.stage(),
                    status.outcome() == null ? "" : ": " + status.outcome().why()),
            null);
      }
      opened(output, status);
    }
    return ExitCode.DONE;
  }

  private static boolean isOpen(Stage stage) {
    // What fails on the way to its branch passes other stages before it says why.
    return stage == Stage.IN_SESSION || stage == Stage.CLOSED;
  }

  private static void opened(Output output, ExperimentStatus status) {
    String opened = status.id().value();
    if (output.forPeople()) {
      output.line(opened);
    } else {
      output.document(
          Map.of(
              "id", opened, "workflowId", status.id().workflowId(), "deadline", status.deadline()));
    }
    output.message("run:     ./offshoot experiment run %s -c 'SELECT 1'".formatted(opened));
    output.message("submit:  ./offshoot experiment submit " + opened);
  }

  private ExperimentSpec specification(Offshoot offshoot) {
    ExperimentSpecBuilder builder = ExperimentSpec.builder().session(new SessionSpec(idle));
    options.over(ExperimentSpec.builder().build(), builder, offshoot.actor());
    return builder.build();
  }
}
