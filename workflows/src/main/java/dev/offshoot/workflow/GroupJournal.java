package dev.offshoot.workflow;

import dev.offshoot.domain.AuditRecord;
import dev.offshoot.domain.Candidate;
import dev.offshoot.domain.Decision;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentOutcome;
import dev.offshoot.domain.Ranking;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.Stage;
import dev.offshoot.domain.TimelineEvent;
import dev.offshoot.domain.VariantsOutcome;
import dev.offshoot.domain.VariantsSpec;
import dev.offshoot.domain.VariantsStatus;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInfo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of a group, and where people see it: the {@code variants} query and the
 * comparison in the Temporal UI. Deterministic workflow code.
 */
final class GroupJournal {
  private static final int MOST_EVENTS = 200;
  private static final int MOST_TEXT = 2_000;
  private static final int MOST_DECISIONS = 100;

  private final ExperimentId id;
  private final VariantsSpec spec;
  private final Instant startedAt;
  private final List<Member> members = new ArrayList<>();
  private final List<TimelineEvent> timeline = new ArrayList<>();
  private final List<Decision> decisions = new ArrayList<>();
  private Stage stage = Stage.BRANCHING;
  private @Nullable Ranking ranking;
  private @Nullable Member picked;
  private @Nullable VariantsOutcome outcome;

  GroupJournal(ExperimentId id, VariantsSpec spec, Instant startedAt) {
    this.id = id;
    this.spec = spec;
    this.startedAt = startedAt;
    for (int number = 1; number <= spec.variants().size(); number++) {
      members.add(
          new Member(
              number,
              ShownText.oneLine(spec.name(number), MOST_TEXT),
              id.variant(number),
              spec.requestedBy(number)));
    }
  }

  ExperimentId id() {
    return id;
  }

  VariantsSpec spec() {
    return spec;
  }

  List<Member> members() {
    return members;
  }

  Stage stage() {
    return stage;
  }

  void enter(Stage next, String what) {
    stage = next;
    note(what);
  }

  void note(String what) {
    if (timeline.size() < MOST_EVENTS) {
      timeline.add(new TimelineEvent(now(), stage, what));
    }
    show();
  }

  /** There is no room for the stem; told once for each reason. */
  void queued(String why) {
    String what = "waiting for room: " + why;
    stage = Stage.QUEUED;
    if (timeline.stream().noneMatch(event -> event.what().equals(what))) {
      note(what);
    }
  }

  @Nullable Ranking ranking() {
    return ranking;
  }

  void ranked(Ranking order) {
    ranking = order;
    note("ranked by %s: %s".formatted(ShownText.oneLine(order.by(), 60), order.order()));
  }

  /** Those that can be picked now. */
  List<Candidate> candidates() {
    return members.stream()
        .filter(Member::awaitsDecision)
        .map(
            member ->
                new Candidate(
                    member.number(),
                    member.name(),
                    Objects.requireNonNull(
                        Objects.requireNonNull(member.report()).proposal(), "awaits a decision")))
        .toList();
  }

  /** The variant that is being merged. */
  @Nullable Member picked() {
    return picked;
  }

  void picked(@Nullable Member member) {
    picked = member;
  }

  void decided(Decision decision, String about) {
    if (decisions.size() < MOST_DECISIONS || decision.accepted()) {
      decisions.add(decision);
    }
    String who = decision.by() == null ? "somebody" : decision.by();
    note(
        decision.accepted()
            ? "%s of %s by %s%s"
                .formatted(
                    decision.kind(),
                    about,
                    who,
                    decision.stillNeeded() == null
                        ? ""
                        : ", %d more must approve".formatted(decision.stillNeeded()))
            : "%s of %s by %s refused: %s"
                .formatted(decision.kind(), about, who, decision.refusal()));
  }

  void closed(VariantsOutcome ended) {
    outcome = ended;
    stage = Stage.CLOSED;
    note(
        "%s by %s: %s"
            .formatted(
                ended.outcome(),
                ShownText.oneLine(ended.by(), 60),
                ShownText.oneLine(ended.why(), 300)));
    Workflow.upsertTypedSearchAttributes(
        OffshootNames.STAGE.valueSet(stage.name()),
        OffshootNames.OUTCOME.valueSet(ended.outcome().name()));
  }

  /** Shows how all stand, to whoever may pick. */
  void show() {
    Workflow.setCurrentDetails(VariantsPage.of(status()));
  }

  VariantsStatus status() {
    return new VariantsStatus(
        id,
        shown(spec.shared().goal()),
        shown(spec.shared().parent()),
        shown(spec.shared().requestedBy()),
        spec.shared().checks().size(),
        startedAt,
        stage,
        members.stream().map(Member::status).toList(),
        ranking,
        List.copyOf(decisions),
        picked == null ? null : picked.number(),
        outcome,
        List.copyOf(timeline));
  }

  /** What is kept of the group itself; each variant has a record of its own. */
  AuditRecord audit(VariantsOutcome ended, boolean valid) {
    WorkflowInfo info = Workflow.getInfo();
    return new AuditRecord(
        id.value(),
        info.getWorkflowId(),
        info.getRunId(),
        shown(spec.shared().parent()),
        shown(spec.shared().tenant()),
        shown(spec.shared().goal()),
        shown(spec.shared().requestedBy()),
        startedAt,
        now(),
        valid ? spec.shared() : null,
        null,
        List.of(),
        List.of(),
        ended.digest(),
        List.of(),
        0,
        null,
        List.copyOf(decisions),
        new ExperimentOutcome(
            ended.outcome(), ended.by(), ended.why(), ended.digest(), null, null, null),
        List.copyOf(timeline),
        null,
        AuditRecord.Writer.WORKFLOW);
  }

  private static @Nullable String shown(@Nullable String text) {
    return text == null ? null : ShownText.oneLine(text, MOST_TEXT);
  }

  private static Instant now() {
    return Instant.ofEpochMilli(Workflow.currentTimeMillis());
  }
}
