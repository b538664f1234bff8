package dev.offshoot.cli;

import dev.offshoot.client.Experiment;
import dev.offshoot.client.NewExperimentId;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentOutcome;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ExperimentSpecBuilder;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.OnConflict;
import dev.offshoot.domain.Outcome;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code experiment revert}. */
@Command(
    name = "revert",
    sortOptions = false,
    description = {
      "Start an experiment that takes back what a merged one changed on the parent.",
      "It is reviewed and approved like any other; later edits stay, or are listed as conflicts.",
      "Prints its id at once; --wait stays until a person is asked (exit 5) or it has ended."
    })
final class RevertCommand extends OneExperimentCommand {
  /** Of ids that are derived from the merged experiment's. */
  private static final int MOST_TRIES = 9;

  @Option(
      names = {"-m", "--reason"},
      paramLabel = "WHY",
      description = "why; the reviewers see it as the goal")
  @Nullable String reason;

  @Option(
      names = "--wait",
      description = "show the path live until a decision is needed or it has ended")
  boolean wait;

  @Option(names = "--id", paramLabel = "ID", description = "its id (default: ID-revert)")
  @Nullable String newId;

  @Option(
      names = "--ttl",
      converter = DurationConverter.class,
      paramLabel = "DURATION",
      description = "time until it ends without a decision, like 30m or 2h (default 1h)")
  @Nullable Duration ttl;

  @Option(
      names = "--on-conflict",
      paramLabel = "DROP|ASK",
      description = "what happens on a conflict with later edits")
  @Nullable OnConflict onConflict;

  @Option(
      names = "--requested-by",
      paramLabel = "NAME",
      description = "who asks and therefore cannot approve (default: you)")
  @Nullable String requestedBy;

  @Override
  ExitCode run(Offshoot offshoot, Connection connection, Experiment experiment, Output output)
      throws InterruptedException {
    ExperimentStatus merged = experiment.status();
    requireMerged(merged);
    Experiment revert = start(connection, experiment.id(), specification(offshoot, merged));
    StartCommand.started(output, revert.id(), wait);
    return wait ? StartCommand.waited(connection, revert, output) : ExitCode.DONE;
  }

  /** The worker asks the parent itself; this only answers sooner. */
  private static void requireMerged(ExperimentStatus status) {
    @Nullable ExperimentOutcome outcome = status.outcome();
    if (outcome == null) {
      throw new CliException(
          ExitCode.CONFLICT,
          "experiment %s has not ended; there is nothing to revert yet".formatted(status.id()),
          "reject it instead: ./offshoot experiment reject %s -m WHY".formatted(status.id()));
    }
    if (outcome.outcome() != Outcome.MERGED && outcome.outcome() != Outcome.REVERTED) {
      throw new CliException(
          ExitCode.CONFLICT,
          "experiment %s ended %s and changed nothing on the parent, so there is nothing to revert"
              .formatted(status.id(), outcome.outcome()),
          null);
    }
  }

  private ExperimentSpec specification(Offshoot offshoot, ExperimentStatus merged) {
    ExperimentSpecBuilder builder =
        ExperimentSpec.builder()
            .goal(Objects.requireNonNullElse(reason, "Revert experiment " + merged.id()))
            .requestedBy(Objects.requireNonNullElse(requestedBy, offshoot.actor()))
            .tenant(merged.spec().tenant())
            .reverts(merged.id().value());
    if (merged.spec().parent() != null) {
      builder.parent(merged.spec().parent());
    }
    if (ttl != null) {
      builder.ttl(ttl);
    }
    if (onConflict != null) {
      builder.onConflict(onConflict);
    }
    return builder.build();
  }

  private Experiment start(Connection connection, ExperimentId merged, ExperimentSpec spec) {
    StartCommand.requireValid(spec);
    if (newId != null) {
      return connection.offshoot().start(new ExperimentId(newId), spec);
    }
    for (int number = 1; number <= MOST_TRIES; number++) {
      String id = merged + "-revert" + (number == 1 ? "" : "-" + number);
      if (id.length() <= ExperimentId.MOST_CHARACTERS) {
        try {
          return connection.offshoot().start(new ExperimentId(id), spec);
        } catch (OffshootException e) {
          if (e.code() != ErrorCode.ID_IN_USE) {
            throw e;
          }
        }
      }
    }
    return connection.offshoot().start(NewExperimentId.today(Clock.systemUTC()), spec);
  }
}
