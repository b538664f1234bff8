package dev.offshoot.workflow;

import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.Decision;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.Proposal;
import dev.offshoot.domain.Stage;
import dev.offshoot.domain.VariantReport;
import io.temporal.workflow.Async;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInfo;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Of an experiment that is a variant: which group decides for it, and how it tells that group how
 * it stands. Deterministic workflow code.
 */
final class Membership {
  private final ExperimentId group;
  private final int number;
  private final VariantsWorkflow workflow;
  private long told;
  private VariantReport.@Nullable Answer answer;

  private Membership(ExperimentId group, int number) {
    this.group = group;
    this.number = number;
    this.workflow =
        Workflow.newExternalWorkflowStub(VariantsWorkflow.class, group.variantsWorkflowId());
  }

  /** That of the workflow that asks; nothing if no group has started it. */
  static @Nullable Membership ofThisWorkflow() {
    WorkflowInfo info = Workflow.getInfo();
    Optional<ExperimentId> group =
        info.getParentWorkflowId().isEmpty()
            ? Optional.empty()
            : ExperimentId.ofGroup(info.getParentWorkflowId().get());
    String first = group.map(id -> id.workflowId() + "-").orElse("");
    String number =
        group.isPresent() && info.getWorkflowId().startsWith(first)
            ? info.getWorkflowId().substring(first.length())
            : "";
    return number.matches("[1-9]\\d?") && group.isPresent()
        ? new Membership(group.get(), Integer.parseInt(number))
        : null;
  }

  ExperimentId group() {
    return group;
  }

  int number() {
    return number;
  }

  /** The copy of the parent of which all variants' bases are copies. */
  BranchRef stem(String parent) {
    return new BranchRef(group, 1, parent);
  }

  /** Why an approval of this experiment alone does not count. */
  String refusal() {
    return "this is variant %1$d of group %2$s, which decides: ./offshoot experiment pick %2$s %1$d, or signal pick to workflow %3$s"
        .formatted(number, group, group.variantsWorkflowId());
  }

  /** What came of a decision of the group's; told with the next report. */
  void answers(long decisionNumber, Decision decision) {
    answer = new VariantReport.Answer(decisionNumber, decision);
  }

  /** Tells the group, without waiting for it; one that has ended hears nothing. */
  void tell(
      Stage stage, Instant deadline, @Nullable Instant branchPoint, @Nullable Proposal proposal) {
    VariantReport report =
        new VariantReport(number, ++told, stage, deadline, branchPoint, proposal, answer);
    Workflow.newDetachedCancellationScope(
            () -> {
              var unused = Async.procedure(workflow::report, report).handle((done, gone) -> true);
            })
        .run();
  }
}
