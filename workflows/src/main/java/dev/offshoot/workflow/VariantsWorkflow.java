package dev.offshoot.workflow;

import dev.offshoot.domain.Decision;
import dev.offshoot.domain.PickRequest;
import dev.offshoot.domain.VariantReport;
import dev.offshoot.domain.VariantsOutcome;
import dev.offshoot.domain.VariantsSpec;
import dev.offshoot.domain.VariantsStatus;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.UpdateMethod;
import io.temporal.workflow.UpdateValidatorMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import org.jspecify.annotations.Nullable;

/**
 * A group: several experiments that do one thing in different ways, on branches of the same branch
 * point, of which at most one is merged. Workflow type {@code Variants}, workflow id {@code
 * variants-<id>}, task queue {@code offshoot}; its variants are its children {@code
 * experiment-<id>-1} and so on.
 */
@WorkflowInterface
public interface VariantsWorkflow {

  /**
   * Branches, lets every variant run, compares, lets one be picked and merged, drops the others.
   *
   * @return how it ended, unless every variant failed or it was cancelled: then the workflow fails
   *     or is cancelled, and {@link #variants()} has the outcome
   */
  @WorkflowMethod(name = "Variants")
  VariantsOutcome run(VariantsSpec spec);

  /** Merges one variant and then drops the others, or drops all. */
  @SignalMethod(
      name = "pick",
      description =
          "Merge one variant, drop the others; or none. JSON: {\"variant\": \"2\", \"by\": \"you\", \"reason\": \"why\", \"digest\": \"as shown\", \"acceptHazards\": []}")
  void pick(@Nullable PickRequest request);

  /**
   * The same with an answer: the decision as the variant took it, or why it did not.
   *
   * <p>Refused (by the validator, so nothing enters the history) when it cannot be taken.
   */
  @UpdateMethod(
      name = "decide",
      description =
          "Pick with an answer. JSON: {\"variant\": \"2\", \"by\": \"you\", \"reason\": \"why\", \"digest\": \"as shown\", \"acceptHazards\": []}")
  Decision decide(@Nullable PickRequest request);

  @UpdateValidatorMethod(updateName = "decide")
  void validateDecide(@Nullable PickRequest request);

  /** How a variant stands. */
  @SignalMethod(name = "report", description = "How a variant stands. For variants themselves.")
  void report(@Nullable VariantReport report);

  /** All that is known now; also after the end. */
  @QueryMethod(name = "variants", description = "All that is known of the group now")
  VariantsStatus variants();
}
