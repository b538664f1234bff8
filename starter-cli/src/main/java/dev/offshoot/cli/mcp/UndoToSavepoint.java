package dev.offshoot.cli.mcp;

import dev.offshoot.client.AgentSession;
import dev.offshoot.domain.SavepointAnswer;
import dev.offshoot.domain.SavepointRequest;
import java.util.List;

/** {@code undo}: back to a savepoint. */
final class UndoToSavepoint implements AgentTool {

  @Override
  public String name() {
    return "undo";
  }

  @Override
  public String title() {
    return "Return to a savepoint";
  }

  @Override
  public String description() {
    return "Makes the branch what it was when the savepoint was taken; runs after it are undone. The"
        + " savepoint stands on, and can be returned to again. Names of savepoints are in status.";
  }

  @Override
  public List<Argument> arguments() {
    return List.of(Argument.text("name", "Name of the savepoint."), Argument.experiment());
  }

  @Override
  public Effect effect() {
    return Effect.DESTROYS;
  }

  @Override
  public Object call(Caller caller, Arguments arguments) {
    AgentSession session = caller.session(arguments);
    caller.changed(session.id());
    SavepointAnswer answer =
        session.undo(new SavepointRequest(arguments.text("name"), caller.identity()));
    return new Answer()
        .with("savepoint", answer.savepoint())
        .with("undoneRuns", answer.undoneRuns())
        .with("savepoints", answer.savepoints())
        .next("the branch is as it was then; go on with run_sql")
        .asMap();
  }
}
