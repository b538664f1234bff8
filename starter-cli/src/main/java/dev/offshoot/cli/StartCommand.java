package dev.offshoot.cli;

import dev.offshoot.client.Experiment;
import dev.offshoot.client.NewExperimentId;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ExperimentSpecBuilder;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.SpecProblem;
import dev.offshoot.domain.SpecValidation;
import dev.offshoot.domain.Stage;
import dev.offshoot.domain.TransactionMode;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code experiment start}. */
@Command(
    name = "start",
    sortOptions = false,
    description = {
      "Start an experiment from SQL or from a specification file.",
      "Prints the id at once; --wait stays until a person is asked (exit 5) or it has ended."
    })
final class StartCommand extends OffshootCommand {

  /** Where the statements come from. */
  static final class Source {
    @Option(names = "--sql", paramLabel = "FILE|-", description = "SQL statements")
    @Nullable String sql;

    @Option(
        names = "--spec",
        paramLabel = "FILE|-",
        description = "whole specification in YAML or JSON; options given beside it win")
    @Nullable String spec;
  }

  @ArgGroup(multiplicity = "1")
  @Nullable Source source;

  @Mixin SpecOptions options = new SpecOptions();

  @Option(
      names = "--wait",
      description = "show the path live until a decision is needed or it has ended")
  boolean wait;

  @Option(
      names = "--keep-branch",
      description = "keep the branch while a decision is awaited, to look inside")
  boolean keepBranch;

  @Option(names = "--per-statement", description = "a transaction for each statement")
  boolean perStatement;

  @Override
  ExitCode run(Offshoot offshoot) throws InterruptedException {
    Output output = offshoot.output();
    ExperimentSpec spec = specification(offshoot);
    requireValid(spec);
    ExperimentId experimentId =
        options.id == null
            ? NewExperimentId.today(Clock.systemUTC())
            : new ExperimentId(options.id);
    try (Connection connection = offshoot.connect()) {
      Experiment experiment = connection.offshoot().start(experimentId, spec);
      started(output, experiment.id(), wait);
      return wait ? waited(connection, experiment, output) : ExitCode.DONE;
    }
  }

  static void started(Output output, ExperimentId started, boolean wait) {
    if (output.forPeople()) {
      output.line(started.value());
    } else if (!wait || output.format() == Output.Format.JSONL) {
      output.document(Map.of("id", started.value(), "workflowId", started.workflowId()));
    }
    if (!wait) {
      output.message("watch it with ./offshoot experiment watch " + started);
    }
  }

  static ExitCode waited(Connection connection, Experiment experiment, Output output)
      throws InterruptedException {
    ExperimentStatus status =
        new LiveView(connection, output)
            .follow(experiment, now -> now.stage() == Stage.AWAITING_DECISION);
    if (output.format() == Output.Format.JSON) {
      output.document(status);
    }
    NextStep.of(status).forEach(output::message);
    return ExitCode.of(status);
  }

  private ExperimentSpec specification(Offshoot offshoot) {
    SpecFile files = new SpecFile(offshoot.terminal());
    Source from = Objects.requireNonNull(source, "picocli requires one");
    ExperimentSpec written =
        from.spec != null
            ? files.specification(from.spec)
            : ExperimentSpec.builder().script(files.sql(String.valueOf(from.sql))).build();
    ExperimentSpecBuilder builder = ExperimentSpec.builder();
    copy(written, builder);
    options.over(written, builder, offshoot.actor());
    if (perStatement) {
      builder.transaction(TransactionMode.PER_STATEMENT);
    }
    return builder.keepBranch(keepBranch || written.keepBranch()).build();
  }

  /** All of a specification that a builder has a place for. */
  static void copy(ExperimentSpec from, ExperimentSpecBuilder to) {
    requireKnownFields(from);
    to.tenant(from.tenant())
        .ttl(from.ttl())
        .strictness(from.strictness())
        .onConflict(from.onConflict())
        .transaction(from.transaction())
        .limits(from.limits());
    from.statements().forEach(to::statement);
    from.checks().forEach(to::check);
    from.deltaColumns().forEach(to::deltaColumn);
    if (from.script() != null) {
      to.script(from.script());
    }
    if (from.goal() != null) {
      to.goal(from.goal());
    }
    if (from.parent() != null) {
      to.parent(from.parent());
    }
    if (from.reverts() != null) {
      to.reverts(from.reverts());
    }
    if (from.session() != null) {
      to.session(from.session());
    }
  }

  /** The builder has no place for them, so they are named before they would be lost. */
  private static void requireKnownFields(ExperimentSpec spec) {
    if (!spec.unknownFields().isEmpty()) {
      requireValid(spec);
    }
  }

  static void requireValid(ExperimentSpec spec) {
    List<SpecProblem> problems = SpecValidation.problems(spec);
    if (!problems.isEmpty()) {
      throw new CliException(
          ExitCode.USAGE,
          "the specification is not valid; nothing was started\n"
              + problems.stream().map(SpecProblem::toString).collect(Collectors.joining("\n")),
          null);
    }
  }
}
