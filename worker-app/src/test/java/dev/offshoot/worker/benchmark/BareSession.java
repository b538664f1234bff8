package dev.offshoot.worker.benchmark;

import io.temporal.activity.ActivityOptions;
import io.temporal.workflow.UpdateMethod;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;

/** What a message costs at Temporal itself: each update is one empty step. */
@WorkflowInterface
public interface BareSession {

  /** Until it is terminated. */
  @WorkflowMethod
  void run();

  @UpdateMethod
  void message();

  /** Does nothing for each message. */
  final class Impl implements BareSession {
    private final BareWorkflow.EmptyStep steps =
        Workflow.newActivityStub(
            BareWorkflow.EmptyStep.class,
            ActivityOptions.newBuilder().setStartToCloseTimeout(Duration.ofMinutes(1)).build());

    @Override
    public void run() {
      Workflow.await(() -> false);
    }

    @Override
    public void message() {
      steps.step();
    }
  }
}
