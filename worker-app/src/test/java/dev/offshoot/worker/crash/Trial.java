package dev.offshoot.worker.crash;

import dev.offshoot.domain.DecisionRequest;
import dev.offshoot.domain.ExperimentOutcome;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.Outcome;
import dev.offshoot.domain.Stage;
import dev.offshoot.workflow.ExperimentWorkflow;
import dev.offshoot.workflow.Failures;
import dev.offshoot.workflow.OffshootNames;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One experiment, driven by its agent and its reviewer. */
final class Trial {
  private final CrashWorld world;
  private final String id;
  private final String parent;
  private final Kind kind;
  private final ExperimentWorkflow workflow;
  private int decided;
  private boolean collided;

  /** On a parent of the same name. */
  Trial(CrashWorld world, String id, Kind kind) {
    this(world, id, id, kind);
  }

  Trial(CrashWorld world, String id, String parent, Kind kind) {
    this.world = world;
    this.id = id;
    this.parent = parent;
    this.kind = kind;
    this.workflow =
        world
            .client()
            .newWorkflowStub(
                ExperimentWorkflow.class,
                WorkflowOptions.newBuilder()
                    .setWorkflowId("experiment-" + id)
                    .setTaskQueue(OffshootNames.TASK_QUEUE)
                    .build());
  }

  String id() {
    return id;
  }

  String parent() {
    return parent;
  }

  Kind kind() {
    return kind;
  }

  /** Whether somebody else has changed the parent meanwhile. */
  boolean collided() {
    return collided;
  }

  void start() {
    WorkflowClient.start(workflow::run, kind.spec(parent));
    if (kind.isSession()) {
      AgentInSession.send(world.client(), id, kind.statements());
    }
  }

  /** What is known of it, if the worker says so in time. */
  private @Nullable ExperimentStatus status() {
    try {
      return workflow.status();
    } catch (WorkflowException e) {
      return null;
    }
  }

  boolean isAwaitingDecision() {
    ExperimentStatus status = status();
    return status != null && status.stage() == Stage.AWAITING_DECISION;
  }

  /** What the server itself knows, without asking a worker, who would read the whole history. */
  private boolean hasAsked() {
    try {
      return Stage.AWAITING_DECISION
          .name()
          .equals(
              WorkflowStub.fromTyped(workflow)
                  .describe()
                  .getTypedSearchAttributes()
                  .get(OffshootNames.STAGE));
    } catch (WorkflowException e) {
      return false;
    }
  }

  /** Decides if somebody must, once for every branch. */
  void decideIfAsked() throws SQLException {
    ExperimentStatus status = hasAsked() ? status() : null;
    if (status == null || status.stage() != Stage.AWAITING_DECISION || status.branch() == null) {
      return;
    }
    int attempt = status.branch().ref().attempt();
    if (attempt <= decided) {
      return;
    }
    if (kind.collides() && !collided) {
      try (Connection owner = world.owner(parent);
          Statement statement = owner.createStatement()) {
        statement.execute(Kind.MEANWHILE);
      }
      collided = true;
    }
    decided = attempt;
    if (kind.isRejected()) {
      workflow.reject(new DecisionRequest("rita", "no", null, null));
    } else {
      workflow.approve(
          new DecisionRequest(
              "rita",
              "yes",
              Objects.requireNonNull(status.changes()).digest(),
              Objects.requireNonNull(status.judgement()).hazards().stream()
                  .map(found -> found.hazard().name())
                  .toList()));
    }
  }

  /** How it ended, or nothing if it has not. */
  @Nullable String ended() {
    WorkflowStub stub = WorkflowStub.fromTyped(workflow);
    try {
      return stub.getResult(200, TimeUnit.MILLISECONDS, ExperimentOutcome.class).outcome().name();
    } catch (TimeoutException e) {
      return null;
    } catch (WorkflowException e) {
      return Outcome.FAILED + " " + Failures.fromTemporal(e);
    }
  }

  /** Starts all, decides where it must be, and waits until all have ended. */
  static void driveToTheEnd(List<Trial> trials) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(180);
    List<Trial> open = trials;
    while (!open.isEmpty()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("they do not end: " + open);
      }
      for (Trial trial : open) {
        trial.decideIfAsked();
      }
      open = open.stream().filter(trial -> trial.ended() == null).toList();
    }
  }

  /** The names of the parents of all of them. */
  static List<String> parents(Collection<Trial> trials) {
    return trials.stream().map(Trial::parent).toList();
  }

  @Override
  public String toString() {
    return "%s (%s)".formatted(id, kind);
  }
}
