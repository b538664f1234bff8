package dev.offshoot.client;

import dev.offshoot.domain.Decision;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.HumanDuration;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.PickRequest;
import dev.offshoot.domain.VariantsStatus;
import dev.offshoot.workflow.Failures;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateException;
import java.time.Duration;
import java.util.function.Predicate;

/**
 * One group of variants as its client sees it; each variant is an {@link Experiment} too.
 *
 * <p>Every method throws {@link OffshootException} with {@code NOT_FOUND} if there is none of that
 * id.
 */
public final class VariantGroup {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final int POLLS_BETWEEN_LOOKS_AT_THE_WORKFLOW = 10;

  private final WorkflowClient temporal;
  private final ExperimentId id;

  VariantGroup(WorkflowClient temporal, ExperimentId id) {
    this.temporal = temporal;
    this.id = id;
  }

  public ExperimentId id() {
    return id;
  }

  /** How all stand now; needs a worker. */
  public VariantsStatus status() {
    try {
      return stub().query("variants", VariantsStatus.class);
    } catch (WorkflowNotFoundException e) {
      throw notFound(e);
    }
  }

  /**
   * Merges one and then drops the others, or drops all; the answer is the decision as the variant
   * took it, or refused it.
   *
   * @throws OffshootException {@code DECISION_REFUSED} with the reason if it cannot be taken
   */
  public Decision pick(PickRequest request) {
    Decision decision = update(request);
    if (!decision.accepted()) {
      throw new OffshootException(ErrorCode.DECISION_REFUSED, String.valueOf(decision.refusal()));
    }
    return decision;
  }

  /** Asks the group to end without a merge, and every variant with it. Idempotent. */
  public void cancel(String reason) {
    try {
      stub().cancel(reason);
    } catch (WorkflowNotFoundException e) {
      throw notFound(e);
    }
  }

  /**
   * Asks for the status until it is as wanted.
   *
   * @throws OffshootException {@code LIMIT_EXCEEDED} when that took longer than {@code atMost} (the
   *     group goes on); {@code CANCELLED} if its workflow was terminated and will never be
   */
  public VariantsStatus await(Predicate<VariantsStatus> wanted, Duration atMost)
      throws InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    for (int poll = 1; ; poll++) {
      VariantsStatus status = status();
      if (wanted.test(status)) {
        return status;
      }
      if (poll % POLLS_BETWEEN_LOOKS_AT_THE_WORKFLOW == 0 && !running()) {
        VariantsStatus last = status();
        if (wanted.test(last)) {
          return last;
        }
        throw new OffshootException(
            ErrorCode.CANCELLED,
            "group %s was ended from outside in stage %s".formatted(id, last.stage()));
      }
      if (System.nanoTime() > end) {
        throw new OffshootException(
            ErrorCode.LIMIT_EXCEEDED,
            "group %s is still in stage %s after %s; it goes on, ask again later"
                .formatted(id, status.stage(), HumanDuration.format(atMost)));
      }
      Thread.sleep(POLL.toMillis());
    }
  }

  private boolean running() {
    return stub().describe().getStatus()
        == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
  }

  private Decision update(PickRequest request) {
    try {
      return stub().update("decide", Decision.class, request);
    } catch (WorkflowNotFoundException e) {
      // The server says the same of a workflow that has ended.
      VariantsStatus status = status();
      throw new OffshootException(
          ErrorCode.DECISION_REFUSED,
          "group %s has ended%s; nothing can be picked any more"
              .formatted(id, status.outcome() == null ? "" : " " + status.outcome().outcome()),
          e);
    } catch (WorkflowUpdateException e) {
      throw new OffshootException(
          ErrorCode.DECISION_REFUSED, Failures.fromTemporal(e).message(), e);
    }
  }

  private WorkflowStub stub() {
    return temporal.newUntypedWorkflowStub(id.variantsWorkflowId());
  }

  private OffshootException notFound(Throwable cause) {
    return new OffshootException(
        ErrorCode.NOT_FOUND,
        "there is no group of variants '%s' on this server and namespace".formatted(id),
        cause);
  }
}
