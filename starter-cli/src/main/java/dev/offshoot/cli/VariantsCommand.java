package dev.offshoot.cli;

import dev.offshoot.client.NewExperimentId;
import dev.offshoot.client.VariantGroup;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ExperimentSpecBuilder;
import dev.offshoot.domain.SpecProblem;
import dev.offshoot.domain.Variant;
import dev.offshoot.domain.VariantsSpec;
import dev.offshoot.domain.VariantsStatus;
import dev.offshoot.domain.VariantsValidation;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code experiment variants}. */
@Command(
    name = "variants",
    sortOptions = false,
    description = {
      "Try several ways of one thing side by side, each on a branch of the same branch point.",
      "Prints the group's id; compare them with ./offshoot experiment compare, then pick one."
    })
final class VariantsCommand extends OffshootCommand {
  @Option(
      names = "--spec",
      paramLabel = "FILE|-",
      description =
          "a group (shared, variants) in YAML or JSON, or a specification without SQL for all; options given beside it win")
  @Nullable String spec;

  @Option(
      names = "--sql",
      paramLabel = "FILE",
      description = "a variant that runs this file; repeatable")
  List<String> sql = List.of();

  @Option(names = "--n", paramLabel = "N", description = "as many sessions, one for each agent")
  int sessions;

  @Option(
      names = "--agent",
      paramLabel = "NAME",
      description = "a session for this agent, which alone may send to it; repeatable")
  List<String> agents = List.of();

  @Mixin SpecOptions options = new SpecOptions();

  @Option(names = "--wait", description = "wait until one can be picked or all have ended")
  boolean wait;

  @Override
  ExitCode run(Offshoot offshoot) throws InterruptedException {
    ExperimentId id =
        options.id == null
            ? NewExperimentId.today(Clock.systemUTC())
            : new ExperimentId(options.id);
    VariantsSpec group = specification(offshoot);
    requireValid(id, group);
    Output output = offshoot.output();
    try (Connection connection = offshoot.connect()) {
      VariantGroup started = connection.offshoot().start(id, group);
      if (output.forPeople()) {
        output.line(id.value());
      } else if (!wait) {
        output.document(Map.of("id", id.value(), "workflowId", id.variantsWorkflowId()));
      }
      if (wait) {
        VariantsStatus status = started.await(CompareCommand::isReady, group.shared().ttl());
        return CompareCommand.show(status, output);
      }
      said(id, group, output);
      return ExitCode.DONE;
    }
  }

  private static void said(ExperimentId id, VariantsSpec group, Output output) {
    for (int number = 1; number <= group.variants().size(); number++) {
      if (group.variants().get(number - 1).session() != null) {
        output.message(
            "session %s: ./offshoot experiment run %s -c SQL, then submit"
                .formatted(group.name(number), id.variant(number)));
      }
    }
    output.message("compare: ./offshoot experiment compare %s --wait".formatted(id));
  }

  private static void requireValid(ExperimentId id, VariantsSpec group) {
    List<SpecProblem> problems = VariantsValidation.problems(id, group);
    if (!problems.isEmpty()) {
      throw new CliException(
          ExitCode.USAGE,
          "the specification is not valid; nothing was started\n"
              + problems.stream().map(SpecProblem::toString).collect(Collectors.joining("\n")),
          null);
    }
  }

  private VariantsSpec specification(Offshoot offshoot) {
    SpecFile files = new SpecFile(offshoot.terminal());
    VariantsSpec written =
        spec == null
            ? new VariantsSpec(ExperimentSpec.builder().build(), List.of())
            : files.group(spec, group -> group, shared -> new VariantsSpec(shared, List.of()));
    ExperimentSpecBuilder shared = ExperimentSpec.builder();
    StartCommand.copy(written.shared(), shared);
    shared.keepBranch(written.shared().keepBranch());
    options.over(written.shared(), shared, offshoot.actor());
    List<Variant> variants = new ArrayList<>(written.variants());
    sql.forEach(file -> variants.add(Variant.ofScript(name(file), files.sql(file))));
    agents.forEach(agent -> variants.add(Variant.ofSession(agent, agent)));
    if (sessions < 0 || sessions > VariantsValidation.MOST_VARIANTS) {
      throw new CliException(
          ExitCode.USAGE, "--n: must be 2 to %d".formatted(VariantsValidation.MOST_VARIANTS), null);
    }
    for (int i = 0; i < sessions; i++) {
      variants.add(Variant.ofSession(null, null));
    }
    return new VariantsSpec(shared.build(), variants, written.unknownFields());
  }

  /** A file's name without folder and ending. */
  private static String name(String file) {
    @Nullable Path last = Path.of(file).getFileName();
    return last == null ? file : last.toString().replaceFirst("\\.[^.]*$", "");
  }
}
