package dev.offshoot.cli.mcp;

import dev.offshoot.client.AgentSession;
import dev.offshoot.domain.HandInAnswer;
import dev.offshoot.domain.HandInRequest;
import java.util.List;

/** {@code submit} and {@code discard}: the two ways to end a session. */
final class HandIn implements AgentTool {
  private final boolean submits;

  private HandIn(boolean submits) {
    this.submits = submits;
  }

  static HandIn submit() {
    return new HandIn(true);
  }

  static HandIn discard() {
    return new HandIn(false);
  }

  @Override
  public String name() {
    return submits ? "submit" : "discard";
  }

  @Override
  public String title() {
    return submits ? "Hand in for review" : "Give up the branch";
  }

  @Override
  public String description() {
    return submits
        ? """
        Hands in what you have done on the branch, and ends the session: nothing can be added afterwards. \
        The checks run first; if one is not true, nothing is handed in and the session goes on. \
        Then policy and judge look at it and a person decides; you cannot approve. Look at show_diff before, and at status after."""
        : "Ends the session with nothing handed in, and deletes the branch. Use it when the task is not"
            + " to be done after all.";
  }

  @Override
  public List<Argument> arguments() {
    return List.of(
        Argument.text(
                "reason",
                submits ? "What was done and why, for reviewers." : "Why, for the record.")
            .optional(),
        Argument.experiment());
  }

  @Override
  public Effect effect() {
    return submits ? Effect.WRITES : Effect.DESTROYS;
  }

  @Override
  public Object call(Caller caller, Arguments arguments) {
    AgentSession session = caller.session(arguments);
    HandInRequest request = new HandInRequest(caller.identity(), arguments.textOrNull("reason"));
    HandInAnswer answer = submits ? session.submit(request) : session.discard(request);
    caller.changed(session.id());
    if (answer.failure() != null) {
      throw new Refusal(
          answer.failure(),
          "nothing was handed in, and the session goes on: correct it with run_sql and submit again");
    }
    Answer told = new Answer().with("experiment", session.id().value());
    return submits
        ? told.with("handedIn", answer.statements())
            .next(
                "it is being reviewed, and a person decides; you cannot. status says how it stands and who decides; tell your user that it waits")
            .asMap()
        : told.with("discarded", true)
            .next("nothing of it reaches the parent; start_experiment begins anew")
            .asMap();
  }
}
