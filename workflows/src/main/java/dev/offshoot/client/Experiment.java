package dev.offshoot.client;

import dev.offshoot.domain.DecideRequest;
import dev.offshoot.domain.Decision;
import dev.offshoot.domain.DecisionRequest;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentOutcome;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.ExtendTtlRequest;
import dev.offshoot.domain.HumanDuration;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.Stage;
import dev.offshoot.workflow.Failures;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One experiment as its client sees it.
 *
 * <p>Every method throws {@link OffshootException} with {@code NOT_FOUND} if there is none of that
 * id.
 */
public final class Experiment {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final int POLLS_BETWEEN_LOOKS_AT_THE_WORKFLOW = 10;

  private final WorkflowClient temporal;
  private final ExperimentId id;

  Experiment(WorkflowClient temporal, ExperimentId id) {
    this.temporal = temporal;
    this.id = id;
  }

  public ExperimentId id() {
    return id;
  }

  /** All that is known now; needs a worker. */
  public ExperimentStatus status() {
    try {
      return stub().query("status", ExperimentStatus.class);
    } catch (WorkflowNotFoundException e) {
      throw notFound(e);
    }
  }

  /**
   * Temporal actions that its histories show so far; needs the server only.
   *
   * @see dev.offshoot.domain.Cost#actions
   */
  public long actions() {
    try {
      return ActionCount.of(temporal, id.workflowId(), "");
    } catch (WorkflowNotFoundException e) {
      throw notFound(e);
    }
  }

  /** Its session, if its specification asks for one. */
  public AgentSession session() {
    return new AgentSession(temporal, this);
  }

  /** Whether its workflow runs; needs the server only. */
  public boolean running() {
    try {
      return stub().describe().getStatus()
          == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
    } catch (WorkflowNotFoundException e) {
      throw notFound(e);
    }
  }

  /** Until a person is asked or the experiment has ended; see {@link #await}. */
  public ExperimentStatus awaitDecision(Duration atMost) throws InterruptedException {
    return await(
        status -> status.stage() == Stage.AWAITING_DECISION || status.stage() == Stage.CLOSED,
        atMost);
  }

  /** Until the experiment has ended; see {@link #await}. */
  public ExperimentStatus awaitEnd(Duration atMost) throws InterruptedException {
    return await(status -> status.stage() == Stage.CLOSED, atMost);
  }

  /**
   * Asks for the status until it is as wanted.
   *
   * @throws OffshootException {@code LIMIT_EXCEEDED} when that took longer than {@code atMost} (the
   *     experiment goes on); {@code CANCELLED} if its workflow was terminated and will never be
   */
  public ExperimentStatus await(Predicate<ExperimentStatus> wanted, Duration atMost)
      throws InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    for (int poll = 1; ; poll++) {
      ExperimentStatus status = status();
      if (wanted.test(status)) {
        return status;
      }
      if (poll % POLLS_BETWEEN_LOOKS_AT_THE_WORKFLOW == 0 && !running()) {
        ExperimentStatus last = status();
        if (wanted.test(last)) {
          return last;
        }
        throw new OffshootException(
            ErrorCode.CANCELLED,
            "experiment %s was ended from outside in stage %s".formatted(id, last.stage()));
      }
      if (System.nanoTime() > end) {
        throw new OffshootException(
            ErrorCode.LIMIT_EXCEEDED,
            "experiment %s is still in stage %s after %s; it goes on, ask again later"
                .formatted(id, status.stage(), HumanDuration.format(atMost)));
      }
      Thread.sleep(POLL.toMillis());
    }
  }

  /**
   * Merges the reviewed change set.
   *
   * @throws OffshootException {@code DECISION_REFUSED} with the reason if it cannot be taken
   */
  public Decision approve(DecisionRequest request) {
    return decide(new DecideRequest(Decision.Kind.APPROVE, request));
  }

  /** Drops the experiment; refused like {@link #approve}. */
  public Decision reject(DecisionRequest request) {
    return decide(new DecideRequest(Decision.Kind.REJECT, request));
  }

  /** Moves the deadline to {@code ttl} from now; answers the new one. */
  public Instant extendTtl(String by, Duration ttl) {
    return update("extendTtl", Instant.class, new ExtendTtlRequest(by, ttl));
  }

  /** Asks it to end without a merge. Idempotent; it ends soon after. */
  public void cancel(String reason) {
    try {
      stub().cancel(reason);
    } catch (WorkflowNotFoundException e) {
      throw notFound(e);
    }
  }

  private Decision decide(DecideRequest request) {
    return update("decide", Decision.class, request);
  }

  private <T> T update(String name, Class<T> answer, Object request) {
    try {
      return stub().update(name, answer, request);
    } catch (WorkflowNotFoundException e) {
      // The server says the same of a workflow that has ended.
      throw exists()
          ? new OffshootException(
              ErrorCode.DECISION_REFUSED,
              "experiment %s has ended%s; nothing can be decided any more".formatted(id, how()),
              e)
          : notFound(e);
    } catch (WorkflowUpdateException e) {
      // The handlers never fail, so this is the validator's word; on its way the SDK (1.38)
      // replaces
      // the failure's type by one of its own.
      throw new OffshootException(
          ErrorCode.DECISION_REFUSED, Failures.fromTemporal(e).message(), e);
    }
  }

  /** As far as it can be told: who was terminated has no outcome, and a worker must answer. */
  private String how() {
    try {
      @Nullable ExperimentOutcome outcome = status().outcome();
      return outcome == null
          ? ""
          : " as %s by %s".formatted(outcome.outcome(), ShownText.oneLine(outcome.by(), 60));
    } catch (WorkflowException | OffshootException e) {
      return "";
    }
  }

  private boolean exists() {
    try {
      stub().describe();
      return true;
    } catch (WorkflowNotFoundException e) {
      return false;
    }
  }

  private WorkflowStub stub() {
    return temporal.newUntypedWorkflowStub(id.workflowId());
  }

  private OffshootException notFound(Throwable cause) {
    return new OffshootException(
        ErrorCode.NOT_FOUND,
        "there is no experiment '%s' on this server and namespace".formatted(id),
        cause);
  }
}
