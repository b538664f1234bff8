package dev.offshoot.worker.benchmark;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityOptions;
import io.temporal.workflow.UpdateMethod;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;

/** What Temporal itself costs: empty steps, one decision, empty steps. */
@WorkflowInterface
public interface BareWorkflow {
  String TASK_QUEUE = "bare";

  /**
   * @param before steps before the decision
   * @param after steps after it
   */
  @WorkflowMethod
  void run(int before, int after);

  @UpdateMethod
  void decide();

  /** Does nothing. */
  @ActivityInterface
  interface EmptyStep {
    void step();
  }

  /** Does nothing, one after the other. */
  final class Impl implements BareWorkflow {
    private final EmptyStep steps =
        Workflow.newActivityStub(
            EmptyStep.class,
            ActivityOptions.newBuilder().setStartToCloseTimeout(Duration.ofMinutes(1)).build());
    private boolean decided;

    @Override
    public void run(int before, int after) {
      for (int i = 0; i < before; i++) {
        steps.step();
      }
      Workflow.await(() -> decided);
      for (int i = 0; i < after; i++) {
        steps.step();
      }
    }

    @Override
    public void decide() {
      decided = true;
    }
  }
}
