package dev.offshoot.worker.benchmark;

import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.workflowservice.v1.GetWorkflowExecutionHistoryRequest;
import io.temporal.api.workflowservice.v1.GetWorkflowExecutionHistoryResponse;
import io.temporal.client.WorkflowClient;
import java.util.concurrent.TimeUnit;

/**
 * Hears of a workflow's events as they come, without asking its worker: so nobody's pauses between
 * two questions are measured.
 */
final class FollowedHistory {
  private static final int ANSWER_SECONDS = 60;

  private FollowedHistory() {}

  /** Until there are so many events of that type. */
  static void await(WorkflowClient client, String workflowId, EventType type, int count) {
    GetWorkflowExecutionHistoryRequest request =
        GetWorkflowExecutionHistoryRequest.newBuilder()
            .setNamespace(client.getOptions().getNamespace())
            .setExecution(WorkflowExecution.newBuilder().setWorkflowId(workflowId))
            .setWaitNewEvent(true)
            .build();
    int seen = 0;
    while (true) {
      GetWorkflowExecutionHistoryResponse response =
          client
              .getWorkflowServiceStubs()
              .blockingStub()
              .withDeadlineAfter(ANSWER_SECONDS, TimeUnit.SECONDS)
              .getWorkflowExecutionHistory(request);
      for (HistoryEvent event : response.getHistory().getEventsList()) {
        seen += event.getEventType() == type ? 1 : 0;
      }
      if (seen >= count) {
        return;
      }
      if (response.getNextPageToken().isEmpty()) {
        throw new IllegalStateException(
            "workflow %s has ended with %d of %d %s".formatted(workflowId, seen, count, type));
      }
      request = request.toBuilder().setNextPageToken(response.getNextPageToken()).build();
    }
  }
}
