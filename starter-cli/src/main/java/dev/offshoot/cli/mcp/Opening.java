package dev.offshoot.cli.mcp;

import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentOutcome;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.Stage;
import org.jspecify.annotations.Nullable;

/** What an agent is told when it has asked for a branch. */
final class Opening {
  private final Caller caller;
  private final ExperimentId id;

  Opening(Caller caller, ExperimentId id) {
    this.caller = caller;
    this.id = id;
  }

  Object answer(ExperimentStatus status) {
    @Nullable ExperimentOutcome outcome = status.outcome();
    if (outcome != null) {
      throw failed(outcome);
    }
    Answer answer =
        new Answer()
            .with("experiment", id.value())
            .with("stage", status.stage())
            .with("requestedBy", caller.identity())
            .with("deadline", status.deadline());
    if (status.stage() == Stage.IN_SESSION) {
      answer.next(
          "the branch is there: list_tables and describe_table show what is in it, run_sql changes it");
    } else {
      answer
          .with("waiting", Standing.latest(status))
          .next(
              status.stage().compareTo(Stage.IN_SESSION) < 0
                  ? "the branch is not there yet, and it is made without your doing; call status in a while until stage is IN_SESSION"
                  : "it is ending; call status in a while, which says why");
    }
    return answer.asMap();
  }

  private Refusal failed(ExperimentOutcome outcome) {
    if (outcome.failure() == null) {
      return new Refusal(
          outcome.outcome().name(),
          "experiment %s has ended: %s".formatted(id, outcome.why()),
          "call start_experiment again");
    }
    String next =
        switch (outcome.failure().code()) {
          case UNKNOWN_PARENT -> "call start_experiment with one of the parents that are known";
          case PARENT_BUSY, PARENT_UNREACHABLE, QUEUED -> "try again in a few minutes";
          case PARENT_ACCESS_DENIED, PARENT_UNSUITABLE, SOURCE_OUTDATED ->
              "tell your user: whoever runs Offshoot has to mend the parent's configuration";
          default -> "call start_experiment again; tell your user if it fails the same way";
        };
    ErrorCode code = outcome.failure().code();
    return new Refusal(code.name(), outcome.failure().message(), next);
  }
}
