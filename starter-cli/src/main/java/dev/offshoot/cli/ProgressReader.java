package dev.offshoot.cli;

import dev.offshoot.domain.BranchInfo;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ConflictReport;
import dev.offshoot.domain.Decision;
import dev.offshoot.domain.ExperimentOutcome;
import dev.offshoot.domain.ExperimentReport;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.Judgement;
import dev.offshoot.domain.Stage;
import dev.offshoot.domain.TimelineEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Turns successive states of one experiment into events, each once and in the order of the path,
 * whether it is watched from the beginning or looked up long after the end. Not thread-safe.
 */
final class ProgressReader {
  private int timelineSeen;
  private int decisionsSeen;
  private @Nullable Stage stage;
  private @Nullable BranchInfo branch;
  private @Nullable BranchInfo dropped;
  private @Nullable ExperimentReport report;
  private @Nullable ChangeSummary changes;
  private @Nullable Judgement judgement;
  private @Nullable ConflictReport conflicts;
  private @Nullable ExperimentOutcome outcome;
  private @Nullable String askedFor;

  private final List<ProgressEvent> events = new ArrayList<>();

  /** What is new in {@code status}. */
  List<ProgressEvent> next(ExperimentStatus status, Instant seenAt) {
    events.clear();
    List<TimelineEvent> timeline = status.timeline();
    int latestBranch = latestBranch(timeline);
    for (int i = Math.min(timelineSeen, timeline.size()); i < timeline.size(); i++) {
      TimelineEvent event = timeline.get(i);
      if (i > latestBranch) {
        results(status, event.stage(), event.at());
      }
      add(
          event.stage() == stage ? ProgressEvent.Kind.NOTE : ProgressEvent.Kind.STAGE,
          event.at(),
          event);
      stage = event.stage();
    }
    timelineSeen = timeline.size();
    results(status, status.stage(), seenAt);
    turns(status, seenAt);
    return List.copyOf(events);
  }

  /** The status holds what the latest branch gave; what earlier ones gave is gone. */
  private static int latestBranch(List<TimelineEvent> timeline) {
    int latest = 0;
    for (int i = 0; i < timeline.size(); i++) {
      boolean entered = i == 0 || timeline.get(i - 1).stage() != Stage.BRANCHING;
      if (timeline.get(i).stage() == Stage.BRANCHING && entered) {
        latest = i;
      }
    }
    return latest;
  }

  /** What the stages before {@code now} left behind. */
  private void results(ExperimentStatus status, Stage now, Instant at) {
    if (now.compareTo(Stage.BRANCHING) > 0) {
      branch(status, at);
    }
    if (now.compareTo(Stage.EXPERIMENTING) > 0) {
      report(status, at);
    }
    if (now.compareTo(Stage.DIFFING) > 0) {
      changes(status, at);
      dropped(status, at);
    }
    if (now.compareTo(Stage.JUDGING) > 0) {
      judgement(status, at);
    }
    if (now.compareTo(Stage.AWAITING_DECISION) > 0) {
      decisions(status);
    }
  }

  /** What may come at any time, and the end. */
  private void turns(ExperimentStatus status, Instant at) {
    decisions(status);
    if (status.conflicts() != null && !status.conflicts().equals(conflicts)) {
      conflicts = status.conflicts();
      add(ProgressEvent.Kind.CONFLICTS, at, conflicts);
      askedFor = null;
    }
    if (status.stage() == Stage.AWAITING_DECISION) {
      asked(status, at);
    }
    if (status.outcome() != null && outcome == null) {
      outcome = status.outcome();
      if (outcome.merge() != null) {
        add(ProgressEvent.Kind.MERGE, at, outcome.merge());
      }
      add(ProgressEvent.Kind.OUTCOME, at, outcome);
    }
  }

  private void decisions(ExperimentStatus status) {
    List<Decision> all = status.decisions();
    for (Decision decision : all.subList(Math.min(decisionsSeen, all.size()), all.size())) {
      add(ProgressEvent.Kind.DECISION, decision.at(), decision);
    }
    decisionsSeen = all.size();
  }

  private void dropped(ExperimentStatus status, Instant at) {
    if (status.branch() != null && !status.branchExists() && !status.branch().equals(dropped)) {
      dropped = status.branch();
      add(ProgressEvent.Kind.BRANCH_DROPPED, at, dropped);
    }
  }

  private void branch(ExperimentStatus status, Instant at) {
    if (status.branch() != null && !status.branch().equals(branch)) {
      branch = status.branch();
      add(ProgressEvent.Kind.BRANCH, at, branch);
    }
  }

  private void report(ExperimentStatus status, Instant at) {
    if (status.report() != null && !status.report().equals(report)) {
      report = status.report();
      report.statements().forEach(result -> add(ProgressEvent.Kind.STATEMENT, at, result));
      report.checks().forEach(check -> add(ProgressEvent.Kind.CHECK, at, check));
    }
  }

  private void changes(ExperimentStatus status, Instant at) {
    if (status.changes() != null && !status.changes().equals(changes)) {
      changes = status.changes();
      add(ProgressEvent.Kind.DIFF, at, changes);
    }
  }

  private void judgement(ExperimentStatus status, Instant at) {
    if (status.judgement() != null && !status.judgement().equals(judgement)) {
      judgement = status.judgement();
      judgement.hazards().forEach(finding -> add(ProgressEvent.Kind.HAZARD, at, finding));
      add(ProgressEvent.Kind.VERDICT, at, judgement.verdict());
    }
  }

  private void asked(ExperimentStatus status, Instant at) {
    String digest = status.changes() == null ? "" : status.changes().digest();
    String asking = digest + status.deadline();
    if (!Objects.equals(askedFor, asking)) {
      askedFor = asking;
      add(
          ProgressEvent.Kind.AWAITING_DECISION,
          at,
          new ProgressEvent.Waiting(digest, status.deadline()));
    }
  }

  private void add(ProgressEvent.Kind kind, Instant at, Object data) {
    events.add(new ProgressEvent(kind, at, data));
  }
}
