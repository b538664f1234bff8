package dev.offshoot.cli.mcp;

import dev.offshoot.client.Experiment;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.SessionView;
import dev.offshoot.domain.Stage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code status}: what happens to it now, what the agent can do, and who decides. */
final class Status implements AgentTool {

  @Override
  public String name() {
    return "status";
  }

  @Override
  public String title() {
    return "How the experiment stands";
  }

  @Override
  public String description() {
    return """
    Says where your experiment stands, what you can do now, and, once it is handed in, which hazards and advice it has got, who decides, and how it ended. \
    Without an experiment it lists the parents that can be branched from. Deciding takes a person minutes to days: do not call it in a tight loop.""";
  }

  @Override
  public List<Argument> arguments() {
    return List.of(Argument.experiment());
  }

  @Override
  public Effect effect() {
    return Effect.READS;
  }

  @Override
  public Object call(Caller caller, Arguments arguments) {
    if (arguments.textOrNull("experiment") == null && caller.current() == null) {
      return new Answer()
          .with("requestedBy", caller.identity())
          .with("parents", caller.backstage().parents())
          .next("start_experiment makes a branch of one of these parents")
          .asMap();
    }
    Experiment experiment = caller.experiment(arguments);
    ExperimentStatus status = experiment.status();
    return Standing.of(status, status.stage() == Stage.IN_SESSION ? view(experiment) : null)
        .asMap();
  }

  private static @Nullable SessionView view(Experiment experiment) {
    try {
      return experiment.session().view();
    } catch (OffshootException e) {
      // It has ended between the two questions.
      return null;
    }
  }
}
