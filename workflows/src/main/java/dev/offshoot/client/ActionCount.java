package dev.offshoot.client;

import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowClient;
import io.temporal.common.WorkflowExecutionHistory;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.Set;

/**
 * Counts the Temporal actions of a workflow, its children and the histories that follow them, as
 * far as <a href="https://docs.temporal.io/cloud/actions">what Temporal Cloud is paid by</a> stands
 * in a history; heartbeats and queries do not.
 */
public final class ActionCount {
  private static final Set<EventType> ACTIONS =
      EnumSet.of(
          EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
          EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
          EventType.EVENT_TYPE_TIMER_STARTED,
          EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
          EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED,
          EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED,
          EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES);

  private ActionCount() {}

  /**
   * Reads the histories from the server, which takes longer the more there are.
   *
   * @param runId of the workflow; the latest one if empty
   */
  public static long of(WorkflowClient client, String workflowId, String runId) {
    Deque<WorkflowExecution> left = new ArrayDeque<>();
    left.add(WorkflowExecution.newBuilder().setWorkflowId(workflowId).setRunId(runId).build());
    long actions = 0;
    while (!left.isEmpty()) {
      WorkflowExecution next = left.remove();
      WorkflowExecutionHistory history = client.fetchHistory(next.getWorkflowId(), next.getRunId());
      for (HistoryEvent event : history.getEvents()) {
        actions += of(event);
        follow(event, next.getWorkflowId(), left);
      }
    }
    return actions;
  }

  private static long of(HistoryEvent event) {
    if (event.getEventType() == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED) {
      return event.getActivityTaskStartedEventAttributes().getAttempt() - 1L;
    }
    return ACTIONS.contains(event.getEventType()) ? 1 : 0;
  }

  private static void follow(HistoryEvent event, String workflowId, Deque<WorkflowExecution> left) {
    if (event.hasChildWorkflowExecutionStartedEventAttributes()) {
      left.add(event.getChildWorkflowExecutionStartedEventAttributes().getWorkflowExecution());
    } else if (event.hasWorkflowExecutionContinuedAsNewEventAttributes()) {
      left.add(
          WorkflowExecution.newBuilder()
              .setWorkflowId(workflowId)
              .setRunId(
                  event.getWorkflowExecutionContinuedAsNewEventAttributes().getNewExecutionRunId())
              .build());
    }
  }
}
