package dev.offshoot.workflow;

import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentOutcome;
import dev.offshoot.domain.Failure;
import dev.offshoot.domain.GroupDecision;
import dev.offshoot.domain.Outcome;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.Stage;
import dev.offshoot.domain.VariantReport;
import dev.offshoot.domain.VariantStatus;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Workflow;
import org.jspecify.annotations.Nullable;

/** One variant as its group knows it. Deterministic workflow code. */
final class Member {
  private static final int MOST_WHY = 500;

  private final int number;
  private final String name;
  private final ExperimentId id;
  private final @Nullable String requestedBy;
  private @Nullable ExperimentWorkflow workflow;
  private @Nullable VariantReport report;
  private VariantStatus.@Nullable End ended;
  private @Nullable String digest;
  private @Nullable Failure failure;

  Member(int number, String name, ExperimentId id, @Nullable String requestedBy) {
    this.number = number;
    this.name = name;
    this.id = id;
    this.requestedBy = requestedBy;
  }

  int number() {
    return number;
  }

  String name() {
    return name;
  }

  ExperimentId id() {
    return id;
  }

  @Nullable String requestedBy() {
    return requestedBy;
  }

  /** It runs from now on. */
  void started(ExperimentWorkflow stub) {
    workflow = stub;
  }

  /** Takes a report, unless a later one came before. */
  boolean took(VariantReport news) {
    if (report != null && report.sequence() >= news.sequence()) {
      return false;
    }
    report = news;
    return true;
  }

  void ended(ExperimentOutcome outcome) {
    digest = outcome.digest();
    ended =
        new VariantStatus.End(
            outcome.outcome(), outcome.by(), ShownText.oneLine(outcome.why(), MOST_WHY));
  }

  void failed(RuntimeException e) {
    Failure what = Failures.fromTemporal(e);
    failure = what;
    ended =
        new VariantStatus.End(
            Failures.isCancellation(e) ? Outcome.CANCELLED : Outcome.FAILED,
            Failures.isCancellation(e) ? "canceller" : "worker",
            ShownText.oneLine(what.message(), MOST_WHY));
  }

  boolean hasStarted() {
    return workflow != null;
  }

  boolean hasEnded() {
    return ended != null;
  }

  boolean hasMerged() {
    return ended != null && ended.outcome() == Outcome.MERGED;
  }

  VariantStatus.@Nullable End end() {
    return ended;
  }

  /** Why it failed; absent if it did not. */
  @Nullable Failure failure() {
    return failure;
  }

  /** The change set with which it ended. */
  @Nullable String digest() {
    return digest;
  }

  @Nullable VariantReport report() {
    return report;
  }

  boolean awaitsDecision() {
    return ended == null && report != null && report.awaitsDecision();
  }

  /** Whether nothing more is made of the stem for it: its change set is frozen, or it has ended. */
  boolean needsNoStem() {
    return ended != null || (report != null && report.stage().compareTo(Stage.JUDGING) >= 0);
  }

  VariantReport.@Nullable Answer answer() {
    return report == null ? null : report.answer();
  }

  /** Sends what the group decided; one that has just ended hears nothing. */
  void send(GroupDecision decision) {
    if (workflow == null || ended != null) {
      return;
    }
    try {
      Workflow.getWorkflowExecution(workflow).get();
      workflow.decideInGroup(decision);
    } catch (TemporalFailure e) {
      // It never began or has ended; how, its result tells.
    }
  }

  VariantStatus status() {
    return new VariantStatus(number, name, id, requestedBy, report, ended);
  }
}
