package dev.offshoot.cli.mcp;

import dev.offshoot.domain.ApprovalRule;
import dev.offshoot.domain.ExperimentOutcome;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.HazardFinding;
import dev.offshoot.domain.Judgement;
import dev.offshoot.domain.SessionView;
import dev.offshoot.domain.Stage;
import dev.offshoot.domain.Verdict;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How an experiment stands, in the words of whoever works on it; pure. */
final class Standing {
  private static final int MOST_FINDINGS = 20;
  private static final int MOST_RUNS = 5;

  private Standing() {}

  /** What happened last. */
  static @Nullable String latest(ExperimentStatus status) {
    return status.timeline().isEmpty()
        ? null
        : status.timeline().get(status.timeline().size() - 1).what();
  }

  static Answer of(ExperimentStatus status, @Nullable SessionView session) {
    Answer answer =
        new Answer()
            .with("experiment", status.id().value())
            .with("stage", status.stage())
            .with("goal", status.spec().goal())
            .with("parent", status.spec().parent())
            .with("deadline", status.outcome() == null ? status.deadline() : null)
            .with("latest", latest(status));
    if (session != null) {
      session(answer, session);
    }
    if (status.changes() != null) {
      answer.with("changes", ChangeOutline.counts(status.changes()));
    }
    @Nullable Judgement judgement = status.judgement();
    if (judgement != null) {
      judged(answer, judgement);
      if (status.stage() == Stage.AWAITING_DECISION) {
        answer.with("decides", decides(judgement));
      }
    }
    if (status.conflicts() != null) {
      answer.with(
          "conflicts",
          status.conflicts().counts().stream()
              .map(count -> "%d %s in %s".formatted(count.count(), count.kind(), count.table()))
              .limit(MOST_FINDINGS)
              .toList());
    }
    @Nullable ExperimentOutcome outcome = status.outcome();
    if (outcome != null) {
      answer.with("outcome", outcome.outcome()).with("by", outcome.by()).with("why", outcome.why());
    }
    return answer.data().next(next(status));
  }

  private static void session(Answer answer, SessionView session) {
    answer
        .with("applied", session.applied())
        .with("statementsLeft", session.statementsLeft())
        .with("savepoints", session.savepoints())
        .with("idleUntil", session.ended() == null ? session.idleUntil() : null)
        .with(
            "latestRuns",
            session.runs().stream()
                .limit(MOST_RUNS)
                .map(
                    line ->
                        new Answer()
                            .with("run", line.run())
                            .with("sql", line.sql())
                            .with("fate", line.fate())
                            .asMap())
                .toList());
  }

  private static void judged(Answer answer, Judgement judgement) {
    answer.with(
        "hazards",
        judgement.hazards().stream()
            .limit(MOST_FINDINGS)
            .map(
                found ->
                    Map.of(
                        "hazard", found.hazard(),
                        "severity", found.severity(),
                        "evidence", found.evidence()))
            .toList());
    Verdict verdict = judgement.verdict();
    answer.with(
        "verdict",
        new Answer()
            .with("opinion", verdict.opinion())
            .with("by", verdict.by())
            .with("reasons", verdict.reasons().stream().map(Verdict.Reason::toString).toList())
            .asMap());
  }

  private static String decides(Judgement judgement) {
    ApprovalRule rule = judgement.approval();
    List<HazardFinding> hazards = judgement.hazards();
    int needed = rule.needed(hazards);
    String who =
        rule.approvers().isEmpty()
            ? "a person, and not whoever asked for it"
            : "one of " + String.join(", ", rule.approvers());
    return needed == 1 ? who : "%s; %d different people must approve".formatted(who, needed);
  }

  private static String next(ExperimentStatus status) {
    return switch (status.stage()) {
      case QUEUED, BRANCHING ->
          "the branch is made without your doing; call status again in a while, until stage is IN_SESSION";
      case IN_SESSION ->
          "run_sql changes the branch, show_diff shows what would be handed in, submit hands it in, discard gives it up";
      case EXPERIMENTING, DIFFING, JUDGING, MERGING, DROPPING ->
          "it goes on without your doing; call status again in a while";
      case AWAITING_DECISION ->
          "nothing for you to do: a person decides in the Temporal UI or on the command line. Tell your user that experiment %s waits for a decision"
              .formatted(status.id());
      case CLOSED -> closed(status.outcome());
    };
  }

  private static String closed(@Nullable ExperimentOutcome outcome) {
    if (outcome == null) {
      return "it has ended; start_experiment begins anew";
    }
    return switch (outcome.outcome()) {
      case MERGED -> "it has ended: your changes are on the parent; nothing is left to do";
      case REVERTED -> "it has ended: what it reverts is taken back on the parent";
      case CONFLICTED ->
          "it has ended without a merge, because the parent has changed the same meanwhile; start_experiment begins anew on today's parent";
      case DROPPED ->
          "it has ended without a merge; 'why' has the reason: heed it before you start_experiment again";
      case EXPIRED, CANCELLED, FAILED ->
          "it has ended without a merge; start_experiment begins anew";
    };
  }
}
