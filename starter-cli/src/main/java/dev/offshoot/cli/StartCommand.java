package dev.offshoot.cli;

import dev.offshoot.client.Experiment;
import dev.offshoot.client.NewExperimentId;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ExperimentSpecBuilder;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.OnConflict;
import dev.offshoot.domain.SpecProblem;
import dev.offshoot.domain.SpecValidation;
import dev.offshoot.domain.Stage;
import dev.offshoot.domain.Strictness;
import dev.offshoot.domain.TransactionMode;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
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

  @Option(names = "--parent", paramLabel = "NAME", description = "database to branch from")
  @Nullable String parent;

  @Option(names = "--goal", paramLabel = "TEXT", description = "what the task is, in a sentence")
  @Nullable String goal;

  @Option(
      names = "--ttl",
      converter = DurationConverter.class,
      paramLabel = "DURATION",
      description = "time until it ends without a decision, like 30m or 2h (default 1h)")
  @Nullable Duration ttl;

  @Option(
      names = "--wait",
      description = "show the path live until a decision is needed or it has ended")
  boolean wait;

  @Option(names = "--id", paramLabel = "ID", description = "its id (default: made up)")
  @Nullable String id;

  @Option(
      names = "--check",
      paramLabel = "QUERY",
      description = "query that must return true, on the branch and before the merge; repeatable")
  List<String> checks = List.of();

  @Option(
      names = "--strictness",
      paramLabel = "ROW|CELL",
      description = "what counts as a conflict")
  @Nullable Strictness strictness;

  @Option(
      names = "--delta",
      paramLabel = "SCHEMA.TABLE.COLUMN",
      description = "counter whose updates are added to the parent's value; repeatable")
  List<String> deltaColumns = List.of();

  @Option(
      names = "--on-conflict",
      paramLabel = "DROP|ASK|REBASE",
      description = "what happens on one")
  @Nullable OnConflict onConflict;

  @Option(
      names = "--auto-merge",
      description = "merge without a person if there is no hazard and the judge approves")
  boolean autoMerge;

  @Option(names = "--tenant", paramLabel = "NAME", description = "on whose behalf")
  @Nullable String tenant;

  @Option(
      names = "--requested-by",
      paramLabel = "NAME",
      description = "who asks and therefore cannot approve (default: you)")
  @Nullable String requestedBy;

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
        id == null ? NewExperimentId.today(Clock.systemUTC()) : new ExperimentId(id);
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
    builder.requestedBy(
        requestedBy != null
            ? requestedBy
            : Objects.requireNonNullElse(written.requestedBy(), offshoot.actor()));
    checks.forEach(builder::check);
    deltaColumns.forEach(builder::deltaColumn);
    if (parent != null) {
      builder.parent(parent);
    }
    if (goal != null) {
      builder.goal(goal);
    }
    if (ttl != null) {
      builder.ttl(ttl);
    }
    if (strictness != null) {
      builder.strictness(strictness);
    }
    if (onConflict != null) {
      builder.onConflict(onConflict);
    }
    if (tenant != null) {
      builder.tenant(tenant);
    }
    if (perStatement) {
      builder.transaction(TransactionMode.PER_STATEMENT);
    }
    return builder
        .autoMerge(autoMerge || written.autoMerge())
        .keepBranch(keepBranch || written.keepBranch())
        .build();
  }

  private static void copy(ExperimentSpec from, ExperimentSpecBuilder to) {
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
