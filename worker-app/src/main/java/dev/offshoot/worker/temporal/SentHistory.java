package dev.offshoot.worker.temporal;

import dev.offshoot.activity.SessionActivities.ConnectionDone;
import dev.offshoot.activity.SessionActivities.RunDone;
import dev.offshoot.activity.SessionActivities.RunStatements;
import dev.offshoot.activity.SessionActivities.Savepoint;
import dev.offshoot.domain.Failure;
import dev.offshoot.domain.ReplayedStatement;
import dev.offshoot.domain.SentRun;
import dev.offshoot.domain.SessionRun;
import dev.offshoot.domain.SessionRun.Fate;
import dev.offshoot.workflow.SessionWorkflow;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.history.v1.ActivityTaskScheduledEventAttributes;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.common.converter.DataConverter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the runs of a session out of its history: what its steps were asked, and answered. */
final class SentHistory {
  private final DataConverter converter;
  private final Map<Long, ActivityTaskScheduledEventAttributes> asked = new HashMap<>();
  private final List<SentRun> runs = new ArrayList<>();

  /** How many runs there were when a savepoint was taken. */
  private final Map<Integer, Integer> savepoints = new HashMap<>();

  private SentHistory(DataConverter converter) {
    this.converter = converter;
  }

  /**
   * @param events of the last of its histories, which begins with what those before it held
   */
  static List<SentRun> of(List<HistoryEvent> events, DataConverter converter) {
    SentHistory history = new SentHistory(converter);
    events.forEach(history::read);
    return List.copyOf(history.runs);
  }

  private void read(HistoryEvent event) {
    switch (event.getAttributesCase()) {
      case WORKFLOW_EXECUTION_STARTED_EVENT_ATTRIBUTES ->
          began(event.getWorkflowExecutionStartedEventAttributes().getInput());
      case ACTIVITY_TASK_SCHEDULED_EVENT_ATTRIBUTES ->
          asked(event.getEventId(), event.getActivityTaskScheduledEventAttributes());
      case ACTIVITY_TASK_COMPLETED_EVENT_ATTRIBUTES -> {
        var done = event.getActivityTaskCompletedEventAttributes();
        ActivityTaskScheduledEventAttributes step = asked.get(done.getScheduledEventId());
        if (step != null) {
          answered(step, done.getResult());
        }
      }
      default -> {
        // Nothing of it tells what was sent.
      }
    }
  }

  private void began(Payloads input) {
    SessionWorkflow.@Nullable Start start = first(input, SessionWorkflow.Start.class);
    if (start != null) {
      start.state().runs().forEach(run -> runs.add(SentRun.of(run)));
      start
          .state()
          .savepoints()
          .forEach(savepoint -> savepoints.put(savepoint.number(), savepoint.afterRun()));
    }
  }

  private void asked(long event, ActivityTaskScheduledEventAttributes step) {
    asked.put(event, step);
    if (step.getActivityType().getName().equals("RunStatements")) {
      @Nullable RunStatements request = first(step.getInput(), RunStatements.class);
      if (request != null) {
        put(run(request.run(), request.statements(), Fate.UNKNOWN, null, 0));
      }
    }
  }

  private void answered(ActivityTaskScheduledEventAttributes step, Payloads result) {
    switch (step.getActivityType().getName()) {
      case "RunStatements" -> ran(first(step.getInput(), RunStatements.class), result);
      case "CloseConnection" -> closed(first(result, ConnectionDone.class));
      case "TakeSavepoint" -> {
        @Nullable Savepoint taken = first(step.getInput(), Savepoint.class);
        if (taken != null) {
          savepoints.put(taken.number(), runs.size());
        }
      }
      case "ReturnToSavepoint" -> undone(first(step.getInput(), Savepoint.class));
      default -> {
        // It ran nothing.
      }
    }
  }

  private void ran(@Nullable RunStatements request, Payloads result) {
    @Nullable RunDone done = first(result, RunDone.class);
    if (request != null && done != null) {
      @Nullable Failure failure = done.answer().failure();
      put(
          run(
              request.run(),
              request.statements(),
              done.answer().applied() ? Fate.APPLIED : Fate.FAILED,
              failure == null ? null : failure.sqlState(),
              done.answer().millis()));
    }
  }

  private void closed(@Nullable ConnectionDone done) {
    if (done != null) {
      List<String> statements =
          Stream.concat(
                  Stream.of(SessionWorkflow.OVER_A_CONNECTION),
                  done.schema().stream().map(ReplayedStatement::sql))
              .toList();
      put(run(runs.size() + 1, statements, Fate.APPLIED, null, 0));
    }
  }

  private void undone(@Nullable Savepoint savepoint) {
    @Nullable Integer kept = savepoint == null ? null : savepoints.get(savepoint.number());
    for (int i = kept == null ? runs.size() : kept; i < runs.size(); i++) {
      SentRun run = runs.get(i);
      if (run.fate() == Fate.APPLIED) {
        runs.set(i, run(run.run(), run.statements(), Fate.UNDONE, null, run.millis()));
      }
    }
  }

  private void put(SentRun run) {
    runs.removeIf(each -> each.run() == run.run());
    runs.add(run);
  }

  private static SentRun run(
      int number, List<String> statements, Fate fate, @Nullable String sqlState, long millis) {
    return SentRun.of(
        new SessionRun(number, statements, fate, List.of(), List.of(), sqlState, millis, false));
  }

  private <T> @Nullable T first(Payloads payloads, Class<T> type) {
    return converter.fromPayloads(0, Optional.of(payloads), type, type);
  }
}
