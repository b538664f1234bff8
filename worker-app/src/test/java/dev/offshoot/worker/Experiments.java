package dev.offshoot.worker;

import dev.offshoot.domain.DecisionRequest;
import dev.offshoot.domain.ExperimentOutcome;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ExperimentSpecBuilder;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.Failure;
import dev.offshoot.domain.Outcome;
import dev.offshoot.domain.Stage;
import dev.offshoot.workflow.ExperimentWorkflow;
import dev.offshoot.workflow.Failures;
import dev.offshoot.workflow.OffshootNames;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Experiments as an agent and its reviewer drive them, by Temporal alone. */
record Experiments(WorkflowClient client) {
  static final String AGENT = "agent";
  static final String REVIEWER = "reviewer";

  static ExperimentSpecBuilder spec(String parent, String... statements) {
    ExperimentSpecBuilder spec =
        ExperimentSpec.builder()
            .goal("try it")
            .parent(parent)
            .requestedBy(AGENT)
            .ttl(Duration.ofMinutes(10));
    List.of(statements).forEach(spec::statement);
    return spec;
  }

  ExperimentWorkflow start(String id, ExperimentSpec spec) {
    ExperimentWorkflow experiment =
        client.newWorkflowStub(
            ExperimentWorkflow.class,
            WorkflowOptions.newBuilder()
                .setWorkflowId("experiment-" + id)
                .setTaskQueue(OffshootNames.TASK_QUEUE)
                .build());
    WorkflowClient.start(experiment::run, spec);
    return experiment;
  }

  /** Waits until a person is asked; fails with the reason if it ended before. */
  static ExperimentStatus awaitReview(ExperimentWorkflow experiment) throws InterruptedException {
    ExperimentStatus status = experiment.status();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (status.stage() != Stage.AWAITING_DECISION) {
      if (status.outcome() != null || System.nanoTime() > end) {
        throw new AssertionError("it does not wait for a person: " + status);
      }
      Thread.sleep(50);
      status = experiment.status();
    }
    return status;
  }

  static void approve(ExperimentWorkflow experiment, ExperimentStatus reviewed) {
    List<String> hazards =
        reviewed.judgement() == null
            ? List.of()
            : reviewed.judgement().hazards().stream().map(h -> h.hazard().name()).toList();
    experiment.approve(
        new DecisionRequest(
            REVIEWER,
            "looks right",
            reviewed.changes() == null ? null : reviewed.changes().digest(),
            hazards));
  }

  /** Why it failed. */
  static Failure failureOf(ExperimentWorkflow experiment) throws TimeoutException {
    try {
      Outcome outcome =
          WorkflowStub.fromTyped(experiment)
              .getResult(60, TimeUnit.SECONDS, ExperimentOutcome.class)
              .outcome();
      throw new AssertionError("it did not fail but is " + outcome);
    } catch (WorkflowException e) {
      return Failures.fromTemporal(e);
    }
  }
}
