package dev.offshoot.workflow;

import dev.offshoot.domain.ConflictReport;
import dev.offshoot.domain.Decision;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentOutcome;
import dev.offshoot.domain.Failure;
import dev.offshoot.domain.MergeReport;
import dev.offshoot.domain.Outcome;
import dev.offshoot.domain.SessionEnd;
import dev.offshoot.domain.ShownText;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Every way in which an experiment can end, with who and why, and what is known by then. */
final class Endings {
  private static final int WHY_LIMIT = 2_000;

  private final Journal journal;

  Endings(Journal journal) {
    this.journal = journal;
  }

  ExperimentOutcome merged(Decision decision, MergeReport report) {
    return outcome(Outcome.MERGED, by(decision), why(decision), report, null);
  }

  ExperimentOutcome reverted(Decision decision, MergeReport report) {
    return outcome(Outcome.REVERTED, by(decision), why(decision), report, null);
  }

  ExperimentOutcome rejected(Decision decision) {
    return outcome(Outcome.DROPPED, by(decision), why(decision), null, null);
  }

  ExperimentOutcome nothingToMerge() {
    return outcome(
        Outcome.DROPPED, "policy", "it changes nothing, so there is nothing to merge", null, null);
  }

  /** A session that was discarded or forgotten. */
  ExperimentOutcome notSubmitted(SessionEnd end) {
    if (end.kind() == SessionEnd.Kind.IDLE) {
      return outcome(
          Outcome.EXPIRED,
          "idle time",
          "the session was sent nothing for too long; open another one, with a longer session.idle",
          null,
          null);
    }
    return outcome(
        Outcome.DROPPED,
        Objects.requireNonNullElse(end.by(), "unknown"),
        Objects.requireNonNullElse(end.reason(), "the session was discarded"),
        null,
        null);
  }

  ExperimentOutcome nothingLeft(Decision decision) {
    return outcome(
        Outcome.DROPPED,
        by(decision),
        "every change collides with the parent and the parent's is to stand, so nothing is left to merge: "
            + why(decision),
        null,
        null);
  }

  ExperimentOutcome conflicted(ConflictReport conflicts, String consequence) {
    return outcome(
        Outcome.CONFLICTED,
        "policy",
        "%d conflicts with the parent; %s".formatted(conflicts.total(), consequence),
        null,
        null);
  }

  ExperimentOutcome expired(Instant deadline) {
    return outcome(
        Outcome.EXPIRED,
        "deadline",
        "no decision before the deadline %s; ask for a longer ttl or extend it in time"
            .formatted(deadline),
        null,
        null);
  }

  ExperimentOutcome cancelled() {
    return outcome(
        Outcome.CANCELLED,
        "canceller",
        "somebody cancelled the workflow",
        null,
        Failure.of(ErrorCode.CANCELLED, "cancelled"));
  }

  ExperimentOutcome failed(Failure failure) {
    return outcome(
        Outcome.FAILED, "worker", ShownText.lines(failure.message(), WHY_LIMIT), null, failure);
  }

  private ExperimentOutcome outcome(
      Outcome outcome,
      String by,
      String why,
      @Nullable MergeReport merge,
      @Nullable Failure failure) {
    return new ExperimentOutcome(
        outcome,
        by,
        why,
        journal.digest(),
        merge,
        merge == null ? journal.conflicts() : null,
        failure);
  }

  private static String by(Decision decision) {
    return Objects.requireNonNullElse(decision.by(), "unknown");
  }

  private static String why(Decision decision) {
    return Objects.requireNonNullElse(decision.reason(), "no reason given");
  }
}
