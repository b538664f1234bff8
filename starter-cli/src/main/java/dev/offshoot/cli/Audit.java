package dev.offshoot.cli;

import dev.offshoot.client.Experiment;
import dev.offshoot.domain.Decision;
import io.grpc.StatusRuntimeException;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowException;
import java.util.List;

/** Fetches what the audit is made of. */
final class Audit {
  private Audit() {}

  static List<AuditEntry> of(Connection connection, Experiment experiment, Output output) {
    List<HistoryEvent> events =
        connection.temporal().fetchHistory(experiment.id().workflowId()).getEvents();
    boolean hasSignals =
        events.stream().anyMatch(HistoryEvent::hasWorkflowExecutionSignaledEventAttributes);
    return AuditTrail.of(
        events,
        new Payload(connection.converter()),
        hasSignals ? decisions(experiment, output) : List.of());
  }

  /** Whether a signal counted is known to the workflow only; without a worker the rest stands. */
  private static List<Decision> decisions(Experiment experiment, Output output) {
    try {
      return experiment.status().decisions();
    } catch (StatusRuntimeException | WorkflowException e) {
      output.warning("no worker answers, so it is not known which signals counted");
      return List.of();
    }
  }
}
