package dev.offshoot.cli;

import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ExperimentSpecBuilder;
import dev.offshoot.domain.OnConflict;
import dev.offshoot.domain.Strictness;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What every experiment can be told on the command line, wherever its SQL comes from. */
final class SpecOptions {
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
      description = "what happens on one (REBASE: not for sessions)")
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

  /**
   * Puts them over what was written.
   *
   * @param written a specification that they are given beside
   * @param actor who is at the prompt
   */
  void over(ExperimentSpec written, ExperimentSpecBuilder builder, String actor) {
    builder.requestedBy(
        requestedBy != null
            ? requestedBy
            : Objects.requireNonNullElse(written.requestedBy(), actor));
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
    builder.autoMerge(autoMerge || written.autoMerge());
  }
}
