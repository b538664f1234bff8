package dev.offshoot.cli.mcp;

import dev.offshoot.client.Experiment;
import dev.offshoot.client.NewExperimentId;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ExperimentSpecBuilder;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.HumanDuration;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.SessionSpec;
import dev.offshoot.domain.Stage;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code start_experiment}: a branch of one's own, to work on hands-on. */
final class StartExperiment implements AgentTool {
  private static final String TTL = "ttl";

  /** Shorter than the time that clients wait for an answer. */
  private static final Duration PATIENCE = Duration.ofSeconds(25);

  private final ToolSettings settings;

  StartExperiment(ToolSettings settings) {
    this.settings = settings;
  }

  @Override
  public String name() {
    return "start_experiment";
  }

  @Override
  public String title() {
    return "Start an experiment";
  }

  @Override
  public String description() {
    return """
    Makes a branch, an isolated copy of a database (the parent), for one task, and opens a session on it. \
    Always the first step: every other tool works on this branch, and nothing you do there reaches the parent. \
    Afterwards: list_tables and describe_table to look around, run_sql to change, show_diff to check, submit to hand in. \
    A person reviews what is handed in and decides whether it is merged.""";
  }

  @Override
  public List<Argument> arguments() {
    return List.of(
        Argument.text("parent", "Name of the database to branch from, for example shop."),
        Argument.text("goal", "What the task is, in a sentence; reviewers read it."),
        Argument.texts(
            "checks",
            "Queries that must return true when you submit and before the merge, for example"
                + " SELECT count(*) = 0 FROM customers WHERE email IS NULL."),
        Argument.text(
                TTL, "Time until the whole experiment ends without a decision, like 30m or 2h.")
            .optional());
  }

  @Override
  public Effect effect() {
    return Effect.WRITES;
  }

  @Override
  public Object call(Caller caller, Arguments arguments) throws InterruptedException {
    ExperimentSpec spec = specification(caller, arguments);
    Experiment experiment =
        caller.backstage().offshoot().start(NewExperimentId.today(Clock.systemUTC()), spec);
    caller.started(experiment.id());
    return new Opening(caller, experiment.id()).answer(opened(experiment));
  }

  private ExperimentSpec specification(Caller caller, Arguments arguments) {
    ExperimentSpecBuilder builder =
        ExperimentSpec.builder()
            .session(new SessionSpec(null))
            .parent(arguments.text("parent"))
            .goal(arguments.text("goal"))
            .requestedBy(caller.identity());
    arguments.texts("checks").forEach(builder::check);
    @Nullable String ttl = arguments.textOrNull(TTL);
    if (ttl != null) {
      builder.ttl(duration(ttl));
    }
    if (settings.tenant() != null) {
      builder.tenant(settings.tenant());
    }
    return builder.build();
  }

  private static Duration duration(String ttl) {
    try {
      return HumanDuration.parse(ttl);
    } catch (IllegalArgumentException e) {
      throw new Refusal(
          "BAD_ARGUMENT",
          "ttl: " + e.getMessage(),
          "write it like 30m, 2h or 1h30m, or leave it out");
    }
  }

  /** Its status when it is open or has ended, or else whatever it is when patience ends. */
  private static ExperimentStatus opened(Experiment experiment) throws InterruptedException {
    try {
      return experiment.await(
          status -> status.stage() == Stage.IN_SESSION || status.stage() == Stage.CLOSED, PATIENCE);
    } catch (OffshootException e) {
      if (e.code() != ErrorCode.LIMIT_EXCEEDED) {
        throw e;
      }
      return experiment.status();
    }
  }
}
