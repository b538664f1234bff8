package dev.offshoot.workflow;

import dev.offshoot.domain.AuditRecord;
import dev.offshoot.domain.BranchInfo;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ConflictReport;
import dev.offshoot.domain.Cost;
import dev.offshoot.domain.Decision;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentOutcome;
import dev.offshoot.domain.ExperimentReport;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.HazardFinding;
import dev.offshoot.domain.HumanDuration;
import dev.offshoot.domain.Judgement;
import dev.offshoot.domain.ModelUse;
import dev.offshoot.domain.Proposal;
import dev.offshoot.domain.SentRun;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.SpecValidation;
import dev.offshoot.domain.Stage;
import dev.offshoot.domain.StatementResult;
import dev.offshoot.domain.TableChanges;
import dev.offshoot.domain.TimelineEvent;
import io.temporal.common.SearchAttributeUpdate;
import io.temporal.common.SearchAttributes;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of one experiment, and where people see it: the {@code status} query, the
 * current details in the Temporal UI, and the search attributes.
 *
 * <p>Search attributes are upserted three times only (start, decision, end), because each is an
 * action of its own; the status query is exact at every stage.
 */
final class Journal {
  private static final int MOST_EVENTS = 200;

  /** Of a text in the audit record. */
  private static final int MOST_TEXT = 2_000;

  private final String workflowId;
  private final @Nullable Membership membership;
  private ExperimentSpec spec;
  private final Instant startedAt;
  private final List<TimelineEvent> timeline = new ArrayList<>();
  private Stage stage = Stage.BRANCHING;
  private boolean announced;

  /** The deadline of which people have been reminded. */
  private @Nullable Instant reminded;

  private @Nullable BranchInfo branch;
  private @Nullable ExperimentReport report;
  private List<SentRun> sent = List.of();
  private @Nullable ChangeSummary changes;
  private @Nullable Judgement judgement;
  private long judgeTokens;

  /** Since when branches stand. */
  private final Map<BranchRef, Instant> standing = new HashMap<>();

  private Duration branchesStood = Duration.ZERO;
  private long branchBytes;
  private @Nullable ConflictReport conflicts;
  private @Nullable ExperimentOutcome outcome;

  /**
   * @param membership of the experiment that is a variant of a group, which hears how it stands
   */
  Journal(
      String workflowId, ExperimentSpec spec, Instant startedAt, @Nullable Membership membership) {
    this.workflowId = workflowId;
    this.membership = membership;
    this.spec = spec;
    this.startedAt = startedAt;
  }

  /** What is asked for; of a session, once it is submitted, what it handed in. */
  ExperimentSpec spec() {
    return spec;
  }

  /** All that the agent of a session sent. */
  void sent(List<SentRun> runs) {
    sent = runs;
  }

  /** A session has become an experiment like any other. */
  void handedIn(ExperimentSpec withStatements, String what) {
    spec = withStatements;
    note(what);
  }

  Stage stage() {
    return stage;
  }

  @Nullable String digest() {
    return changes == null ? null : changes.digest();
  }

  @Nullable BranchInfo branch() {
    return branch;
  }

  @Nullable ConflictReport conflicts() {
    return conflicts;
  }

  /** Of the conflicts that were shown. */
  String conflictFingerprint() {
    @Nullable ConflictReport shown = conflicts;
    return shown == null || shown.fingerprint() == null ? "" : shown.fingerprint();
  }

  /** What the statements did; nothing where none ran. */
  ExperimentReport report() {
    return report == null
        ? new ExperimentReport(List.of(), List.of(), List.of(), List.of(), 0)
        : report;
  }

  /** The latest moment to which the deadline may be moved. */
  Instant latestDeadline() {
    Duration most = branch == null ? SpecValidation.MAX_TTL : branch.maxTtl();
    return startedAt.plus(most);
  }

  /** Makes a valid experiment findable, unless whoever started it has done so at no cost. */
  void announce() {
    announced = true;
    SearchAttributes wanted = Announcement.of(spec, stage);
    SearchAttributes there = Workflow.getTypedSearchAttributes();
    boolean done =
        Announcement.KEYS.stream().allMatch(key -> Objects.equals(there.get(key), wanted.get(key)));
    if (!done) {
      upsert(
          Announcement.KEYS.stream()
              .map(key -> key.valueSet(Objects.requireNonNull(wanted.get(key))))
              .toArray(SearchAttributeUpdate[]::new));
    }
  }

  void enter(Stage next, String what) {
    stage = next;
    note(what);
    Workflow.setCurrentDetails(CurrentDetails.atWork(spec, next, what));
  }

  /** There is no room for its branch; told once for each reason. */
  void queued(String why) {
    String what = "waiting for room: " + why;
    stage = Stage.QUEUED;
    if (timeline.stream().noneMatch(event -> event.what().equals(what))) {
      note(what);
    }
    Workflow.setCurrentDetails(CurrentDetails.atWork(spec, Stage.QUEUED, what));
  }

  void note(String what) {
    if (timeline.size() < MOST_EVENTS) {
      timeline.add(new TimelineEvent(now(), stage, what));
    }
  }

  void branched(BranchInfo made) {
    branch = made;
    if (standing.put(made.ref(), now()) == null) {
      branchBytes += made.parentBytes();
    }
    // Of an earlier attempt nothing holds any more.
    report = null;
    changes = null;
    judgement = null;
    conflicts = null;
    note(
        "branch created in %d ms (%s)%s%s"
            .formatted(
                made.createMillis(),
                made.copyMethod(),
                made.source() == null
                    ? ""
                    : ", of source copy %s as of %s"
                        .formatted(
                            ShownText.oneLine(made.source().database(), 63), made.branchPoint()),
                made.outageMillis() == null
                    ? ""
                    : ", the parent's users were shut out for %d ms"
                        .formatted(made.outageMillis())));
  }

  void branchDeleted(BranchRef deleted) {
    Instant since = standing.remove(deleted);
    if (since != null) {
      branchesStood = branchesStood.plus(Duration.between(since, now()));
    }
    note("branch deleted");
  }

  private Cost cost() {
    Duration stood = branchesStood;
    for (Instant since : standing.values()) {
      stood = stood.plus(Duration.between(since, now()));
    }
    return new Cost(null, judgeTokens, stood.toMillis(), branchBytes);
  }

  void reported(ExperimentReport newReport) {
    report = newReport;
    note("%d statements run in %d ms".formatted(newReport.statements().size(), newReport.millis()));
  }

  void compared(ChangeSummary newChanges) {
    changes = newChanges;
    note(
        "change set frozen in %d ms: %d inserted, %d updated, %d deleted, %d schema changes"
            .formatted(
                newChanges.millis(),
                newChanges.inserted(),
                newChanges.updated(),
                newChanges.deleted(),
                newChanges.schemaChangeCount()));
  }

  /** What the judge has cost so far. */
  long judgeTokens() {
    return judgeTokens;
  }

  void judged(Judgement newJudgement) {
    judgement = newJudgement;
    ModelUse use = newJudgement.verdict().modelUse();
    judgeTokens += use == null ? 0 : use.tokens();
    note(
        "%d hazards, %s by %s"
            .formatted(
                newJudgement.hazards().size(),
                newJudgement.verdict().opinion(),
                ShownText.oneLine(newJudgement.verdict().by(), 60)));
  }

  void conflicted(ConflictReport found) {
    conflicts = found;
    note("%d conflicts with the parent; nothing was written".formatted(found.total()));
  }

  /** What is under review from now on. */
  void resolved(ChangeSummary newChanges) {
    long before = changes == null ? 0 : changes.totalRows();
    changes = newChanges;
    conflicts = null;
    note(
        "conflicts resolved: change set %s with %d of %d changed rows"
            .formatted(newChanges.digest(), newChanges.totalRows(), before));
  }

  void unresolved(ConflictReport found, String why) {
    conflicts = found.total() == 0 ? null : found;
    note("conflicts not resolved: " + ShownText.oneLine(why, 300));
  }

  void decided(
      Decision decision, List<Decision> decisions, List<String> approvedBy, Instant deadline) {
    String who = decision.by() == null ? "somebody" : decision.by();
    note(
        decision.accepted()
            ? "%s by %s%s".formatted(decision.kind(), who, waiting(decision))
            : "%s by %s refused: %s".formatted(decision.kind(), who, decision.refusal()));
    if (stage == Stage.AWAITING_DECISION && !decision.settles()) {
      show(deadline, decisions, approvedBy);
    }
  }

  private static String waiting(Decision decision) {
    return decision.stillNeeded() == null
        ? ""
        : ", %d more must approve".formatted(decision.stillNeeded());
  }

  /** The deadline is near. */
  void reminded(Instant deadline, List<String> approvedBy) {
    reminded = deadline;
    note("reminder: without a decision it expires at " + deadline);
    if (stage == Stage.AWAITING_DECISION) {
      show(deadline, List.of(), approvedBy);
    }
  }

  /** Shows a waiting experiment to whoever may decide. */
  void publish(Instant deadline, List<String> approvedBy) {
    if (stage != Stage.AWAITING_DECISION || changes == null || judgement == null) {
      return;
    }
    tellGroup(deadline);
    upsert(
        OffshootNames.STAGE.valueSet(stage.name()),
        OffshootNames.DIGEST.valueSet(changes.digest()),
        OffshootNames.HAZARD.valueSet(
            judgement.hazards().stream().map(HazardFinding::hazard).map(Enum::name).toList()));
    show(deadline, List.of(), approvedBy);
  }

  /** How it stands, if there is a group to hear it. */
  void tellGroup(Instant deadline) {
    if (membership != null) {
      membership.tell(stage, deadline, branch == null ? null : branch.branchPoint(), proposal());
    }
  }

  private @Nullable Proposal proposal() {
    return changes == null || judgement == null
        ? null
        : Proposals.of(changes, judgement, report(), conflicts, cost());
  }

  private void show(Instant deadline, List<Decision> decisions, List<String> approvedBy) {
    Workflow.setCurrentDetails(
        CurrentDetails.awaitingDecision(
            spec,
            new CurrentDetails.Asking(deadline, deadline.equals(reminded), membership),
            branch,
            Objects.requireNonNull(changes),
            Objects.requireNonNull(judgement),
            conflicts,
            decisions,
            approvedBy));
  }

  void closed(ExperimentOutcome ended) {
    outcome = ended;
    stage = Stage.CLOSED;
    note(
        "%s by %s: %s"
            .formatted(
                ended.outcome(),
                ShownText.oneLine(ended.by(), 60),
                ShownText.oneLine(ended.why(), 300)));
    Workflow.setCurrentDetails(
        CurrentDetails.closed(
            spec, ended, HumanDuration.format(Duration.between(startedAt, now()))));
    List<SearchAttributeUpdate<?>> updates = new ArrayList<>();
    updates.add(OffshootNames.STAGE.valueSet(stage.name()));
    updates.add(OffshootNames.OUTCOME.valueSet(ended.outcome().name()));
    if (ended.digest() != null) {
      // Resolved conflicts give another one than was published.
      updates.add(OffshootNames.DIGEST.valueSet(ended.digest()));
    }
    upsert(updates.toArray(SearchAttributeUpdate[]::new));
  }

  ExperimentStatus status(Instant deadline, List<Decision> decisions, boolean branchExists) {
    return BoundedStatus.of(
        new ExperimentStatus(
            ExperimentId.ofWorkflow(workflowId),
            spec,
            stage,
            startedAt,
            deadline,
            branch,
            branchExists,
            report,
            changes,
            judgement,
            conflicts,
            decisions,
            outcome,
            List.copyOf(timeline),
            cost(),
            membership == null ? null : membership.group()));
  }

  /** What is kept of it: of what was refused as a specification, no more than who asked. */
  AuditRecord audit(ExperimentOutcome ended, List<Decision> decisions) {
    WorkflowInfo info = Workflow.getInfo();
    return new AuditRecord(
        info.getWorkflowId().replaceFirst("^" + ExperimentId.WORKFLOW_PREFIX, ""),
        info.getWorkflowId(),
        info.getRunId(),
        shown(spec.parent()),
        shown(spec.tenant()),
        shown(spec.goal()),
        shown(spec.requestedBy()),
        startedAt,
        now(),
        announced ? spec : null,
        branch,
        report().statements().stream().map(Journal::audited).toList(),
        sent,
        digest(),
        changes == null ? List.of() : changes.tables().stream().map(Journal::counted).toList(),
        changes == null ? 0 : changes.schemaChangeCount(),
        judgement,
        decisions,
        ended,
        List.copyOf(timeline),
        cost(),
        AuditRecord.Writer.WORKFLOW);
  }

  private static AuditRecord.Statement audited(StatementResult result) {
    return new AuditRecord.Statement(
        result.index(), result.millis(), result.rowsAffected(), result.changedSchema());
  }

  private static AuditRecord.ChangedRows counted(TableChanges changes) {
    return new AuditRecord.ChangedRows(
        changes.table(), changes.inserted(), changes.updated(), changes.deleted());
  }

  private static @Nullable String shown(@Nullable String text) {
    return text == null ? null : ShownText.oneLine(text, MOST_TEXT);
  }

  private static void upsert(SearchAttributeUpdate<?>... updates) {
    Workflow.upsertTypedSearchAttributes(updates);
  }

  private static Instant now() {
    return Instant.ofEpochMilli(Workflow.currentTimeMillis());
  }
}
