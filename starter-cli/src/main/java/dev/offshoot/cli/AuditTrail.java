package dev.offshoot.cli;

import dev.offshoot.domain.DecideRequest;
import dev.offshoot.domain.Decision;
import dev.offshoot.domain.DecisionRequest;
import dev.offshoot.domain.ExperimentOutcome;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ExtendTtlRequest;
import dev.offshoot.domain.Failure;
import dev.offshoot.domain.GroupDecision;
import dev.offshoot.domain.HumanDuration;
import dev.offshoot.domain.ShownText;
import dev.offshoot.workflow.Failures;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.history.v1.ActivityTaskScheduledEventAttributes;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.history.v1.WorkflowExecutionUpdateAcceptedEventAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Who did what, when, and to which change set, read from the workflow's history: the record that
 * nobody can rewrite. Pure: events in, entries out.
 *
 * <p>Whether a signal counted is not in the history; the decisions that the workflow kept say it,
 * matched in order.
 */
final class AuditTrail {
  private static final int MOST_TEXT = 300;
  private static final String SERVER = "temporal";

  private final Payload payload;
  private final List<AuditEntry> entries = new ArrayList<>();
  private final Map<Long, ActivityTaskScheduledEventAttributes> scheduled = new HashMap<>();
  private final Map<Long, String> workers = new HashMap<>();
  private final Map<String, String> updaters = new HashMap<>();
  private final Iterator<Decision> signals;
  private @Nullable String digest;

  private AuditTrail(Payload payload, List<Decision> decisions) {
    this.payload = payload;
    this.signals =
        decisions.stream()
            .filter(decision -> decision.channel() == Decision.Channel.SIGNAL)
            .iterator();
  }

  /**
   * @param events the workflow's history
   * @param payload reads what they carry
   * @param decisions those that the workflow kept; empty if nobody answered
   */
  static List<AuditEntry> of(List<HistoryEvent> events, Payload payload, List<Decision> decisions) {
    AuditTrail trail = new AuditTrail(payload, decisions);
    events.forEach(trail::read);
    return List.copyOf(trail.entries);
  }

  private void read(HistoryEvent event) {
    switch (event.getAttributesCase()) {
      case WORKFLOW_EXECUTION_STARTED_EVENT_ATTRIBUTES -> started(event);
      case ACTIVITY_TASK_SCHEDULED_EVENT_ATTRIBUTES ->
          scheduled.put(event.getEventId(), event.getActivityTaskScheduledEventAttributes());
      case ACTIVITY_TASK_STARTED_EVENT_ATTRIBUTES -> {
        var started = event.getActivityTaskStartedEventAttributes();
        workers.put(started.getScheduledEventId(), started.getIdentity());
      }
      case ACTIVITY_TASK_COMPLETED_EVENT_ATTRIBUTES -> {
        var done = event.getActivityTaskCompletedEventAttributes();
        stepDone(event, done.getScheduledEventId(), done.getResult());
      }
      case ACTIVITY_TASK_FAILED_EVENT_ATTRIBUTES -> {
        var failed = event.getActivityTaskFailedEventAttributes();
        step(event, failed.getScheduledEventId(), "failed", failure(failed.getFailure()));
      }
      case ACTIVITY_TASK_TIMED_OUT_EVENT_ATTRIBUTES -> {
        var late = event.getActivityTaskTimedOutEventAttributes();
        step(event, late.getScheduledEventId(), "timed out", failure(late.getFailure()));
      }
      case ACTIVITY_TASK_CANCELED_EVENT_ATTRIBUTES -> {
        var cancelled = event.getActivityTaskCanceledEventAttributes();
        step(event, cancelled.getScheduledEventId(), "cancelled", "");
      }
      case TIMER_FIRED_EVENT_ATTRIBUTES ->
          add(event, SERVER, "deadline reached", "the lease is over", digest);
      case WORKFLOW_EXECUTION_SIGNALED_EVENT_ATTRIBUTES -> signalled(event);
      case WORKFLOW_EXECUTION_UPDATE_ACCEPTED_EVENT_ATTRIBUTES -> updateAccepted(event);
      case WORKFLOW_EXECUTION_UPDATE_COMPLETED_EVENT_ATTRIBUTES -> updateCompleted(event);
      case WORKFLOW_EXECUTION_CANCEL_REQUESTED_EVENT_ATTRIBUTES -> {
        var asked = event.getWorkflowExecutionCancelRequestedEventAttributes();
        add(event, asked.getIdentity(), "cancel requested", asked.getCause(), digest);
      }
      case WORKFLOW_EXECUTION_TERMINATED_EVENT_ATTRIBUTES -> {
        var killed = event.getWorkflowExecutionTerminatedEventAttributes();
        add(event, killed.getIdentity(), "terminated", killed.getReason(), digest);
      }
      case WORKFLOW_EXECUTION_COMPLETED_EVENT_ATTRIBUTES -> completed(event);
      case WORKFLOW_EXECUTION_FAILED_EVENT_ATTRIBUTES ->
          add(
              event,
              "worker",
              "ended FAILED",
              failure(event.getWorkflowExecutionFailedEventAttributes().getFailure()),
              digest);
      case WORKFLOW_EXECUTION_CANCELED_EVENT_ATTRIBUTES ->
          add(event, "worker", "ended CANCELLED", "nothing was merged", digest);
      case WORKFLOW_EXECUTION_TIMED_OUT_EVENT_ATTRIBUTES ->
          add(event, SERVER, "timed out", "the workflow's own time was over", digest);
      default -> {
        // Workflow tasks, timers being set and search attributes are how, not who and what.
      }
    }
  }

  private void started(HistoryEvent event) {
    var started = event.getWorkflowExecutionStartedEventAttributes();
    @Nullable ExperimentSpec spec = payload.first(started.getInput(), ExperimentSpec.class);
    String detail =
        spec == null
            ? "with an input that does not read as a specification"
            : "requested by %s for tenant %s on parent %s: %s"
                .formatted(spec.requestedBy(), spec.tenant(), spec.parent(), spec.goal());
    add(event, started.getIdentity(), "started", detail, null);
  }

  private void stepDone(HistoryEvent event, long scheduledId, Payloads result) {
    ActivityTaskScheduledEventAttributes activity = scheduled.get(scheduledId);
    if (activity == null) {
      return;
    }
    AuditSteps.Done done =
        AuditSteps.done(activity.getActivityType().getName(), payload, activity.getInput(), result);
    if (done.digest() != null) {
      digest = done.digest();
    }
    add(event, worker(scheduledId), done.what(), done.detail(), done.digest());
  }

  private void step(HistoryEvent event, long scheduledId, String how, String detail) {
    ActivityTaskScheduledEventAttributes activity = scheduled.get(scheduledId);
    String step = activity == null ? "step" : activity.getActivityType().getName();
    add(event, worker(scheduledId), AuditSteps.name(step) + " " + how, detail, digest);
  }

  private static String effect(Decision decision) {
    if (!decision.accepted()) {
      return "refused: " + decision.refusal();
    }
    return decision.stillNeeded() == null
        ? "counted"
        : "counted, %d more must approve".formatted(decision.stillNeeded());
  }

  private void signalled(HistoryEvent event) {
    var signal = event.getWorkflowExecutionSignaledEventAttributes();
    String name = signal.getSignalName();
    @Nullable DecisionRequest request =
        name.equals("decideInGroup")
            ? ofGroup(signal.getInput())
            : payload.first(signal.getInput(), DecisionRequest.class);
    boolean isDecision = name.equals("approve") || name.equals("reject");
    @Nullable Decision kept = isDecision && signals.hasNext() ? signals.next() : null;
    String effect = kept == null ? "" : " (%s)".formatted(effect(kept));
    add(
        event,
        signal.getIdentity(),
        "signal " + name,
        (request == null ? "empty" : said(request)) + effect,
        kept != null && kept.digest() != null ? kept.digest() : digest(request));
  }

  /** What a group decided about its variant; nothing where that was the policy. */
  private @Nullable DecisionRequest ofGroup(Payloads input) {
    @Nullable GroupDecision decision = payload.first(input, GroupDecision.class);
    return decision == null ? null : decision.request();
  }

  private void updateAccepted(HistoryEvent event) {
    WorkflowExecutionUpdateAcceptedEventAttributes accepted =
        event.getWorkflowExecutionUpdateAcceptedEventAttributes();
    var request = accepted.getAcceptedRequest();
    updaters.put(accepted.getProtocolInstanceId(), request.getMeta().getIdentity());
    updaters.put(request.getMeta().getUpdateId(), request.getMeta().getIdentity());
    String name = request.getInput().getName();
    Payloads input = request.getInput().getArgs();
    if (name.equals("decide")) {
      @Nullable DecideRequest decide = payload.first(input, DecideRequest.class);
      @Nullable DecisionRequest said = decide == null ? null : decide.request();
      add(
          event,
          request.getMeta().getIdentity(),
          "update decide",
          decide == null || said == null ? "empty" : decide.decision() + " " + said(said),
          digest(said));
    } else if (name.equals("extendTtl")) {
      @Nullable ExtendTtlRequest extend = payload.first(input, ExtendTtlRequest.class);
      add(
          event,
          request.getMeta().getIdentity(),
          "update extendTtl",
          extend == null || extend.ttl() == null
              ? "empty"
              : "to %s from then by %s".formatted(HumanDuration.format(extend.ttl()), extend.by()),
          digest);
    } else {
      add(event, request.getMeta().getIdentity(), "update " + name, "", digest);
    }
  }

  private void updateCompleted(HistoryEvent event) {
    var completed = event.getWorkflowExecutionUpdateCompletedEventAttributes();
    String who = updaters.getOrDefault(completed.getMeta().getUpdateId(), "worker");
    if (completed.getOutcome().hasFailure()) {
      add(event, who, "update failed", failure(completed.getOutcome().getFailure()), digest);
      return;
    }
    @Nullable Decision decision =
        payload.first(completed.getOutcome().getSuccess(), Decision.class);
    if (decision != null && decision.kind() != null) {
      String effect = effect(decision);
      add(
          event,
          Objects.requireNonNullElse(decision.by(), who),
          "decision " + decision.kind().name().toLowerCase(Locale.ROOT),
          effect,
          decision.digest());
    }
  }

  private void completed(HistoryEvent event) {
    @Nullable ExperimentOutcome outcome =
        payload.first(
            event.getWorkflowExecutionCompletedEventAttributes().getResult(),
            ExperimentOutcome.class);
    if (outcome == null) {
      add(event, "worker", "ended", "", digest);
    } else {
      add(
          event,
          outcome.by(),
          "ended " + outcome.outcome(),
          outcome.why(),
          outcome.digest() == null ? digest : outcome.digest());
    }
  }

  private static String said(DecisionRequest request) {
    StringBuilder text = new StringBuilder();
    text.append("by ").append(request.by());
    if (request.reason() != null) {
      text.append(": ").append(request.reason());
    }
    if (!request.acceptHazards().isEmpty()) {
      text.append(", accepts ").append(String.join(", ", request.acceptHazards()));
    }
    if (!request.resolve().isEmpty()) {
      text.append(", resolves ")
          .append(
              request.resolve().stream()
                  .map(each -> "%s %s %s".formatted(each.table(), each.kind(), each.take()))
                  .map(each -> each.replace("null ", ""))
                  .collect(Collectors.joining(", ")));
    }
    return text.toString();
  }

  private static @Nullable String digest(@Nullable DecisionRequest request) {
    return request == null ? null : request.digest();
  }

  private String failure(io.temporal.api.failure.v1.Failure failure) {
    Failure known = Failures.fromTemporal(payload.converter().failureToException(failure));
    return known.code() + ": " + known.message();
  }

  private String worker(long scheduledId) {
    return workers.getOrDefault(scheduledId, "worker");
  }

  private void add(
      HistoryEvent event, String who, String what, String detail, @Nullable String about) {
    Instant at =
        Instant.ofEpochSecond(event.getEventTime().getSeconds(), event.getEventTime().getNanos());
    entries.add(
        new AuditEntry(
            event.getEventId(),
            at,
            ShownText.oneLine(who.isEmpty() ? "unknown" : who, MOST_TEXT),
            ShownText.oneLine(what, MOST_TEXT),
            ShownText.oneLine(detail, MOST_TEXT),
            about == null ? null : ShownText.oneLine(about, MOST_TEXT)));
  }
}
