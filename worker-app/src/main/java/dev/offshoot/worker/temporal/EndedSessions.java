package dev.offshoot.worker.temporal;

import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.SentRun;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.common.converter.DataConverterException;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was sent to sessions that were ended from outside, from the history that Temporal keeps of
 * them: a workflow that was terminated answers no question. Thread-safe.
 */
public final class EndedSessions {
  private static final Logger LOG = LoggerFactory.getLogger(EndedSessions.class);

  private final Supplier<WorkflowClient> temporal;

  /**
   * @param temporal a client that reads our payloads, asked for when it is needed
   */
  public EndedSessions(Supplier<WorkflowClient> temporal) {
    this.temporal = temporal;
  }

  /** All that was sent; empty where there was no session, or its history is gone. */
  public List<SentRun> sent(ExperimentId experiment) {
    WorkflowClient client = temporal.get();
    try {
      return SentHistory.of(
          client.fetchHistory(experiment.sessionWorkflowId()).getEvents(),
          client.getOptions().getDataConverter());
    } catch (WorkflowNotFoundException e) {
      return List.of();
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() != Status.Code.NOT_FOUND) {
        LOG.warn("audit: the history of {}'s session cannot be read", experiment, e);
      }
      return List.of();
    } catch (WorkflowException | DataConverterException e) {
      LOG.warn("audit: the history of {}'s session cannot be read", experiment, e);
      return List.of();
    }
  }
}
