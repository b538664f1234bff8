package dev.offshoot.cli;

import dev.offshoot.client.Experiment;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.Stage;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code experiment extend}. */
@Command(name = "extend", description = "Move the deadline of an experiment.")
final class ExtendCommand extends OneExperimentCommand {
  @Option(
      names = "--ttl",
      required = true,
      converter = DurationConverter.class,
      paramLabel = "DURATION",
      description = "time from now, like 30m or 2h")
  @Nullable Duration ttl;

  @Option(names = "--by", paramLabel = "NAME", description = "who asks (default: you)")
  @Nullable String by;

  @Override
  ExitCode run(Offshoot offshoot, Connection connection, Experiment experiment, Output output) {
    Instant deadline;
    try {
      deadline =
          experiment.extendTtl(
              Objects.requireNonNullElse(by, offshoot.actor()),
              Objects.requireNonNull(ttl, "required by picocli"));
    } catch (OffshootException e) {
      if (e.code() != ErrorCode.DECISION_REFUSED) {
        throw e;
      }
      boolean over = experiment.status().stage().compareTo(Stage.MERGING) >= 0;
      throw new CliException(
          over ? ExitCode.CONFLICT : ExitCode.USAGE, e.failure().message(), null, e);
    }
    if (output.forPeople()) {
      output.line("new deadline " + deadline);
    } else {
      output.document(Map.of("id", experiment.id().value(), "deadline", deadline));
    }
    return ExitCode.DONE;
  }
}
