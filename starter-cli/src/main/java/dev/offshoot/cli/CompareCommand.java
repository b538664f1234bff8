package dev.offshoot.cli;

import dev.offshoot.client.VariantGroup;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.Stage;
import dev.offshoot.domain.VariantStatus;
import dev.offshoot.domain.VariantsStatus;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code experiment compare}. */
@Command(
    name = "compare",
    sortOptions = false,
    description = {
      "Show the variants of a group beside one another: changes, hazards, checks, cost, verdicts.",
      "Exit codes: 0 one was merged, 3 none was, 5 a pick is awaited or variants are at work."
    })
final class CompareCommand extends OffshootCommand {
  /** As long as a lease may be. */
  private static final Duration LONGEST = Duration.ofDays(30);

  @Parameters(paramLabel = "GROUP", description = "the group")
  @Nullable String id;

  @Option(
      names = "--wait",
      description = "wait until each of them can be picked or has ended, and the judge has ranked")
  boolean wait;

  @Override
  ExitCode run(Offshoot offshoot) throws InterruptedException {
    try (Connection connection = offshoot.connect()) {
      VariantGroup group = connection.offshoot().variants(group(String.valueOf(id)));
      return show(
          wait ? group.await(CompareCommand::isReady, LONGEST) : group.status(), offshoot.output());
    }
  }

  /** A group by its id or its workflow's. */
  static ExperimentId group(String given) {
    return ExperimentId.ofGroup(given).orElseGet(() -> new ExperimentId(given));
  }

  static boolean isReady(VariantsStatus group) {
    return group.outcome() != null
        || (group.ranking() != null
            && group.stage() == Stage.AWAITING_DECISION
            && group.variants().stream()
                .allMatch(each -> each.ended() != null || each.awaitsDecision()));
  }

  static ExitCode show(VariantsStatus group, Output output) {
    if (output.forPeople()) {
      output.lines(new VariantsRenderer(output.colour(), output.terminal().columns()).lines(group));
      VariantsRenderer.next(group).forEach(output::message);
    } else {
      output.document(group);
    }
    return code(group);
  }

  static ExitCode code(VariantsStatus group) {
    if (group.outcome() == null) {
      return ExitCode.PENDING;
    }
    return switch (group.outcome().outcome()) {
      case MERGED, REVERTED -> ExitCode.DONE;
      case DROPPED, EXPIRED, CANCELLED -> ExitCode.DROPPED;
      case CONFLICTED -> ExitCode.CONFLICT;
      case FAILED -> ExitCode.UNEXPECTED;
    };
  }

  /** The variant of that number, name or experiment id; nothing if there is none. */
  static @Nullable VariantStatus variant(VariantsStatus group, String wanted) {
    return group.variants().stream()
        .filter(
            each ->
                wanted.equals(String.valueOf(each.number()))
                    || wanted.equalsIgnoreCase(each.name())
                    || wanted.equals(each.id().value()))
        .findFirst()
        .orElse(null);
  }
}
