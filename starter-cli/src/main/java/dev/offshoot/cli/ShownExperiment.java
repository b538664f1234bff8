package dev.offshoot.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.offshoot.client.Experiment;
import dev.offshoot.domain.Cost;
import dev.offshoot.domain.ExperimentOutcome;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.Outcome;
import dev.offshoot.domain.Reverted;
import org.jspecify.annotations.Nullable;

/**
 * An experiment with what became of its merge; as JSON the status with one field more.
 *
 * @param status what its workflow knows
 * @param reverted who took its merge back after it had ended; absent if nobody did
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ShownExperiment(@JsonUnwrapped ExperimentStatus status, @Nullable Reverted reverted) {

  /** With its Temporal actions counted. */
  static ShownExperiment of(Experiment experiment, ReadQuestions questions) {
    ExperimentStatus status = experiment.status();
    @Nullable Cost cost = status.cost();
    return of(cost == null ? status : status.at(cost.withActions(experiment.actions())), questions);
  }

  static ShownExperiment of(ExperimentStatus status, ReadQuestions questions) {
    @Nullable ExperimentOutcome outcome = status.outcome();
    boolean merged =
        outcome != null
            && (outcome.outcome() == Outcome.MERGED || outcome.outcome() == Outcome.REVERTED);
    return new ShownExperiment(status, merged ? questions.reverted(status.id()) : null);
  }
}
