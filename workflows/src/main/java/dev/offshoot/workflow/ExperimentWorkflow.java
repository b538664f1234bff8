package dev.offshoot.workflow;

import dev.offshoot.domain.DecideRequest;
import dev.offshoot.domain.Decision;
import dev.offshoot.domain.DecisionRequest;
import dev.offshoot.domain.ExperimentOutcome;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.ExtendTtlRequest;
import dev.offshoot.domain.GroupDecision;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.UpdateMethod;
import io.temporal.workflow.UpdateValidatorMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One experiment from branch to merge or drop. Workflow type {@code Experiment}, workflow id {@code
 * experiment-<id>}, task queue {@code offshoot}.
 */
@WorkflowInterface
public interface ExperimentWorkflow {

  /**
   * Branch, experiment, diff, judge, decide, merge or drop.
   *
   * @return how it ended, unless it failed or was cancelled: then the workflow fails with a failure
   *     whose type is the {@link dev.offshoot.domain.ErrorCode} and whose details are the {@link
   *     dev.offshoot.domain.Failure} and the outcome, or is cancelled; {@link #status()} has the
   *     outcome either way (a cancellation that comes after the merge began changes nothing but
   *     what Temporal calls the end: Canceled, with the outcome MERGED)
   */
  @WorkflowMethod(name = "Experiment")
  ExperimentOutcome run(ExperimentSpec spec);

  /** Merges the reviewed change set; a person's word, which outranks the judge. */
  @SignalMethod(
      name = "approve",
      description =
          "Merge the reviewed change set. JSON: {\"by\": \"you\", \"reason\": \"why\", \"digest\": \"as shown\", \"acceptHazards\": []}")
  void approve(@Nullable DecisionRequest request);

  /** Drops the experiment; works at every stage before the merge. */
  @SignalMethod(
      name = "reject",
      description = "Drop the experiment. JSON: {\"by\": \"you\", \"reason\": \"why\"}")
  void reject(@Nullable DecisionRequest request);

  /**
   * The same as the signals, with an answer: the decision as it counts.
   *
   * <p>Refused (by the validator, so nothing enters the history) when it cannot be taken.
   */
  @UpdateMethod(
      name = "decide",
      description =
          "Approve or reject with an answer. JSON: {\"decision\": \"APPROVE\", \"request\": {\"by\": \"you\", \"reason\": \"why\", \"digest\": \"as shown\", \"acceptHazards\": []}}")
  Decision decide(@Nullable DecideRequest request);

  @UpdateValidatorMethod(updateName = "decide")
  void validateDecide(@Nullable DecideRequest request);

  /** What the group decides of which this experiment is a variant. */
  @SignalMethod(
      name = "decideInGroup",
      description = "What its group decides. For the group's own workflow; people pick there.")
  void decideInGroup(@Nullable GroupDecision decision);

  /** Moves the deadline to {@code ttl} from now; answers the new deadline. */
  @UpdateMethod(
      name = "extendTtl",
      description = "Move the deadline. JSON: {\"by\": \"you\", \"ttl\": \"2h\"}")
  Instant extendTtl(@Nullable ExtendTtlRequest request);

  @UpdateValidatorMethod(updateName = "extendTtl")
  void validateExtendTtl(@Nullable ExtendTtlRequest request);

  /** All that is known now; also after the end. */
  @QueryMethod(name = "status", description = "All that is known of the experiment now")
  ExperimentStatus status();
}
