package dev.offshoot.worker.benchmark;

import com.google.protobuf.Timestamp;
import dev.offshoot.benchmark.Measurements;
import io.temporal.api.history.v1.ActivityTaskScheduledEventAttributes;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowClient;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Where the time of experiments goes, as their histories tell. */
final class StepTimes {
  private static final String BEGUN = "(from scheduled to begun) ";
  private final Map<String, Times> byStep = new LinkedHashMap<>();

  void add(WorkflowClient client, String workflowId) {
    Map<Long, HistoryEvent> byId = new HashMap<>();
    List<HistoryEvent> events = client.fetchHistory(workflowId).getEvents();
    for (HistoryEvent event : events) {
      byId.put(event.getEventId(), event);
      switch (event.getEventType()) {
        case EVENT_TYPE_ACTIVITY_TASK_STARTED -> {
          HistoryEvent scheduled =
              byId.get(event.getActivityTaskStartedEventAttributes().getScheduledEventId());
          note(BEGUN + name(scheduled), scheduled, event);
        }
        case EVENT_TYPE_ACTIVITY_TASK_COMPLETED -> {
          var completed = event.getActivityTaskCompletedEventAttributes();
          note(
              name(byId.get(completed.getScheduledEventId())),
              byId.get(completed.getStartedEventId()),
              event);
        }
        case EVENT_TYPE_WORKFLOW_TASK_STARTED -> {
          note(
              BEGUN + "workflow task",
              byId.get(event.getWorkflowTaskStartedEventAttributes().getScheduledEventId()),
              event);
        }
        case EVENT_TYPE_WORKFLOW_TASK_COMPLETED ->
            note(
                "workflow task",
                byId.get(event.getWorkflowTaskCompletedEventAttributes().getStartedEventId()),
                event);
        default -> {
          // Nothing begins or ends with it.
        }
      }
    }
  }

  private void note(String what, HistoryEvent from, HistoryEvent to) {
    byStep
        .computeIfAbsent(what, step -> new Times())
        .add(millis(to.getEventTime()) - millis(from.getEventTime()));
  }

  private static String name(HistoryEvent scheduled) {
    ActivityTaskScheduledEventAttributes attributes =
        scheduled.getActivityTaskScheduledEventAttributes();
    return attributes.getActivityType().getName();
  }

  private static double millis(Timestamp time) {
    return time.getSeconds() * 1e3 + time.getNanos() / 1e6;
  }

  void say(Measurements measurements) {
    byStep.forEach(
        (step, times) ->
            measurements.say(
                String.format(
                    Locale.ROOT,
                    "%-44s %5d times, p50 %6.1f ms",
                    step,
                    times.each().size(),
                    times.p50())));
  }
}
