package dev.offshoot.cli.mcp;

import dev.offshoot.domain.SavepointAnswer;
import dev.offshoot.domain.SavepointRequest;
import java.util.List;

/** {@code savepoint}: the branch as it is now, to come back to. */
final class TakeSavepoint implements AgentTool {

  @Override
  public String name() {
    return "savepoint";
  }

  @Override
  public String title() {
    return "Keep the branch as it is";
  }

  @Override
  public String description() {
    return "Keeps the branch as it is now under a name, so that undo can return to it. Call it before"
        + " something you may want to take back.";
  }

  @Override
  public List<Argument> arguments() {
    return List.of(
        Argument.text("name", "1 to 40 letters, digits, '.', '_' and '-', like before-cleanup."),
        Argument.experiment());
  }

  @Override
  public Effect effect() {
    return Effect.WRITES;
  }

  @Override
  public Object call(Caller caller, Arguments arguments) {
    SavepointAnswer answer =
        caller
            .session(arguments)
            .savepoint(new SavepointRequest(arguments.text("name"), caller.identity()));
    return new Answer()
        .with("savepoint", answer.savepoint())
        .with("afterRun", answer.afterRun())
        .with("savepoints", answer.savepoints())
        .next("go on with run_sql; undo with this name returns to it")
        .asMap();
  }
}
