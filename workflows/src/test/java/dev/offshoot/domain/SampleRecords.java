package dev.offshoot.domain;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** One of each record of the domain, with every field filled, for tests of their JSON. */
final class SampleRecords {
  private static final Instant THEN = Instant.parse("2026-01-02T03:04:05.678901Z");
  private static final ExperimentId ID = new ExperimentId("tidy-7");
  private static final TableName ORDERS = new TableName("public", "orders");
  private static final BranchRef REF = new BranchRef(ID, 2, "shop");
  private static final ColumnShape COLUMN = new ColumnShape("note", "text", true);
  private static final RowChange ROW =
      new RowChange(
          RowChange.Kind.UPDATE, Arrays.asList("1", null), Arrays.asList("1", "\u202Ex\n"), 1);
  private static final TableChanges TABLE =
      new TableChanges(ORDERS, List.of(COLUMN), List.of(0), 1, 2, 3, 40, List.of(ROW), List.of(2L));
  private static final SchemaChange SCHEMA =
      new SchemaChange(SchemaChange.Kind.ALTERED, "column", "public.orders.note", "text", "int");
  private static final SequenceAdvance SEQUENCE = new SequenceAdvance(ORDERS, 1, 9);
  private static final Reversal REVERSAL =
      new Reversal(ID, List.of("newer"), List.of("ALTER TABLE orders DROP note"), "too odd");
  private static final IdentityChange IDENTITY =
      new IdentityChange(IdentityChange.Kind.RENAMED, "table", "public.a", "public.b");
  private static final TableLock LOCK = new TableLock(ORDERS, "SHARE", 8192);
  private static final DroppedRows DROPPED = new DroppedRows(ORDERS, "old", 7);
  private static final Observations OBSERVED =
      new Observations(
          List.of(IDENTITY),
          2,
          List.of(LOCK),
          List.of(DROPPED),
          List.of("not so"),
          List.of("extension dblink"));
  private static final ChangeSummary CHANGES =
      new ChangeSummary(
          "abc",
          List.of(SCHEMA),
          1,
          List.of("ALTER TABLE orders ADD note text"),
          List.of(TABLE),
          List.of(ORDERS),
          List.of(SEQUENCE),
          12,
          REVERSAL,
          OBSERVED);
  private static final StatementResult RESULT =
      new StatementResult(
          0, "SELECT 1", 3, 5L, List.of("a"), List.of(Arrays.asList("x", null)), true, false);
  private static final SchemaStatement SCHEMA_STATEMENT = new SchemaStatement(1, "\"public\"");
  private static final ReplayedStatement REPLAYED =
      new ReplayedStatement(1, "ALTER TABLE orders ADD note text", "\"public\"", true);
  private static final WrittenRows WRITTEN_ROWS = new WrittenRows(16384, 2, 3);
  private static final ExperimentReport REPORT =
      new ExperimentReport(
          List.of(RESULT),
          List.of("SELECT true"),
          List.of(SCHEMA_STATEMENT),
          List.of(16384L),
          9,
          List.of(WRITTEN_ROWS));
  private static final HazardFinding HAZARD =
      new HazardFinding(Hazard.DELETES_ROWS, Severity.NOTICE, "orders: 3 of 40 rows");
  private static final Verdict.Reason REASON = new Verdict.Reason("why", 0, "public.items");
  private static final ModelUse MODEL_USE = new ModelUse("model", "abc", 700, 50, 750, 12, "STOP");
  private static final Verdict VERDICT =
      new Verdict(
          Verdict.Opinion.ABSTAIN, "model", List.of(REASON), 0.5, List.of("why?"), MODEL_USE);
  private static final ApprovalRule APPROVAL =
      new ApprovalRule(List.of("ann"), Map.of(Hazard.DELETES_ROWS, 2));
  private static final Judgement JUDGEMENT =
      new Judgement("abc", List.of(HAZARD), VERDICT, 4, APPROVAL);
  private static final Conflict CONFLICT =
      new Conflict(
          Conflict.Kind.UPDATE_UPDATE, ORDERS, Arrays.asList("1"), "note", "a", "b", "c", "both");
  private static final ConflictCount CONFLICT_COUNT =
      new ConflictCount(Conflict.Kind.UPDATE_UPDATE, ORDERS, 1);
  private static final ConflictReport CONFLICTS =
      new ConflictReport(1, List.of(CONFLICT), List.of(CONFLICT_COUNT), "f1");
  private static final ResolveRequest RESOLVE_REQUEST =
      new ResolveRequest("UPDATE_UPDATE", "orders", "PARENT");
  private static final Resolution RESOLUTION =
      new Resolution(Conflict.Kind.UPDATE_UPDATE, ORDERS, Resolution.Take.PARENT);
  private static final Failure FAILURE =
      new Failure(ErrorCode.SQL_ERROR, "statement 2 failed", 1, 14, "42703");
  private static final TableProof.Row PROOF_ROW =
      new TableProof.Row(Arrays.asList("1", null), List.of("1", "x"));
  private static final TableProof PROOF =
      new TableProof(ORDERS, List.of("id"), List.of("id", "note"), List.of(PROOF_ROW));
  private static final MergeReport MERGE =
      new MergeReport(
          "abc",
          1,
          2,
          3,
          0,
          1,
          THEN,
          20,
          2,
          List.of(PROOF),
          "on a copy of today's parent, 40 ms",
          7L);
  private static final ExperimentOutcome OUTCOME =
      new ExperimentOutcome(Outcome.MERGED, "ann", "fine", "abc", MERGE, CONFLICTS, FAILURE);
  private static final DecisionRequest REQUEST =
      new DecisionRequest("ann", "fine", "abc", List.of("DELETES_ROWS"), List.of(RESOLVE_REQUEST));
  private static final Decision DECISION =
      new Decision(
          Decision.Kind.APPROVE,
          "ann",
          "fine",
          "abc",
          List.of(Hazard.DELETES_ROWS),
          THEN,
          Decision.Channel.SIGNAL,
          "too late",
          List.of(RESOLUTION),
          "abd",
          1);
  private static final Limits LIMITS =
      new Limits(5L, Duration.ofSeconds(3), Duration.ofMinutes(1), 7);
  private static final ExperimentSpec SPEC =
      new ExperimentSpec(
          "tidy up",
          "shop",
          List.of("UPDATE orders SET note = ''"),
          "SELECT 1",
          List.of("SELECT true"),
          "agent-7",
          "acme",
          Duration.ofMinutes(5),
          Strictness.CELL,
          List.of("public.orders.total"),
          OnConflict.ASK,
          true,
          TransactionMode.PER_STATEMENT,
          LIMITS,
          true,
          "20261125-k3f9x2",
          new SessionSpec(Duration.ofMinutes(7)),
          Map.of());
  private static final AuditRecord.Statement AUDITED_STATEMENT =
      new AuditRecord.Statement(0, 3, 5L, true);
  private static final AuditRecord.ChangedRows AUDITED_ROWS =
      new AuditRecord.ChangedRows(ORDERS, 1, 2, 3);
  private static final AuditLine AUDIT_LINE = AuditLine.after(0, AuditLine.FIRST, "{}");
  private static final SourceInfo SOURCE =
      new SourceInfo("shop_copy", THEN, List.of("table public.orders"));

  private static final BranchInfo BRANCH =
      new BranchInfo(
          REF, "postgres", THEN, 21, "WAL_LOG", 1_000, "18.6", Duration.ofDays(7), 480L, SOURCE);
  private static final RunAnswer RUN_ANSWER =
      new RunAnswer(3, true, List.of(RESULT), List.of("now"), FAILURE, true, 12, 900);
  private static final Touched TOUCHED = new Touched(List.of(17L), List.of(WRITTEN_ROWS));
  private static final SessionRun SESSION_RUN =
      new SessionRun(
          3,
          List.of("SELECT 1"),
          SessionRun.Fate.APPLIED,
          List.of(RESULT),
          List.of(SCHEMA_STATEMENT),
          "42703",
          12,
          true);
  private static final Cost COST = new Cost(12L, 3_000, 41_000, 8_000_000);
  private static final SentRun SENT_RUN = SentRun.of(SESSION_RUN);
  private static final SessionView.Line SESSION_LINE =
      new SessionView.Line(3, "SELECT 1", SessionRun.Fate.UNDONE, 12);
  private static final SessionState.Savepoint SESSION_SAVEPOINT =
      new SessionState.Savepoint("good", 1, 3, TOUCHED);
  private static final TimelineEvent EVENT = new TimelineEvent(THEN, Stage.MERGING, "merging");

  private static final Proposal PROPOSAL =
      new Proposal(
          "abc",
          1,
          2,
          3,
          1,
          List.of(AUDITED_ROWS),
          List.of("ALTER TABLE orders ADD note text"),
          List.of(HAZARD),
          VERDICT,
          2,
          1,
          4,
          12,
          1,
          COST);
  private static final VariantReport.Answer ANSWER = new VariantReport.Answer(3, DECISION);
  private static final VariantReport VARIANT_REPORT =
      new VariantReport(2, 7, Stage.AWAITING_DECISION, THEN, THEN, PROPOSAL, ANSWER);
  private static final VariantStatus.End VARIANT_END =
      new VariantStatus.End(Outcome.DROPPED, "ann", "another is better");
  private static final VariantStatus VARIANT =
      new VariantStatus(2, "rewrite", ID, "agent-7", VARIANT_REPORT, VARIANT_END);
  private static final VariantsOutcome VARIANTS_OUTCOME =
      new VariantsOutcome(Outcome.MERGED, "ann", "best", 1, "abc", List.of(VARIANT));
  private static final Ranking RANKING =
      new Ranking(List.of(2, 1), "model", List.of("smaller"), MODEL_USE);
  private static final Variant WAY =
      new Variant(
          "rewrite",
          List.of("SELECT 1"),
          "SELECT 1",
          new SessionSpec(Duration.ofMinutes(7)),
          "agent-8",
          Map.of());

  private SampleRecords() {}

  static Stream<Object> all() {
    return Stream.of(
        ID,
        ORDERS,
        REF,
        new ColumnName(ORDERS, "note"),
        COLUMN,
        ROW,
        TABLE,
        SCHEMA,
        SEQUENCE,
        IDENTITY,
        LOCK,
        DROPPED,
        OBSERVED,
        REVERSAL,
        CHANGES,
        RESULT,
        SCHEMA_STATEMENT,
        WRITTEN_ROWS,
        REPORT,
        HAZARD,
        VERDICT,
        REASON,
        MODEL_USE,
        APPROVAL,
        JUDGEMENT,
        CONFLICT,
        CONFLICT_COUNT,
        CONFLICTS,
        RESOLVE_REQUEST,
        RESOLUTION,
        FAILURE,
        PROOF_ROW,
        PROOF,
        MERGE,
        OUTCOME,
        REQUEST,
        DECISION,
        LIMITS,
        SPEC,
        new SessionSpec(Duration.ofMinutes(7)),
        new RunRequest("SELECT 1", 5, "agent-7", "r-1"),
        RUN_ANSWER,
        new SavepointRequest("good", "agent-7"),
        new SavepointAnswer("good", 3, List.of(4, 5), List.of("good"), 7),
        new HandInRequest("agent-7", "done"),
        new HandInAnswer(false, 3, FAILURE),
        TOUCHED,
        SESSION_RUN,
        SENT_RUN,
        new RowsRequest(3, 1, 10L, 100, "agent-7"),
        new RowsAnswer(3, 1, 10, List.of("id"), List.of(List.of("11")), 11L, FAILURE, 5),
        new SessionEnd(
            SessionEnd.Kind.SUBMITTED,
            "agent-7",
            "done",
            List.of("SELECT 1"),
            REPORT,
            3,
            List.of(SENT_RUN),
            FAILURE),
        SESSION_LINE,
        new SessionView(
            ID, List.of(SESSION_LINE), 2, 997, List.of("good"), THEN, SessionEnd.Kind.IDLE),
        SESSION_SAVEPOINT,
        new SessionState(
            List.of(SESSION_RUN),
            TOUCHED,
            List.of(SESSION_SAVEPOINT),
            2,
            "r-1",
            RUN_ANSWER,
            "SCRAM-SHA-256$4096:c2FsdA==$a:b",
            true,
            TOUCHED),
        new ConnectRequest("SCRAM-SHA-256$4096:c2FsdA==$a:b", "agent-7"),
        new ConnectAnswer("localhost", 5432, "offshoot_a", "offshoot_a", "prefer", THEN, 5),
        BRANCH,
        EVENT,
        MergeResult.merged(MERGE),
        MergeResult.conflicted(CONFLICTS),
        ResolveResult.resolved(CHANGES),
        ResolveResult.unresolved(CONFLICTS, "the parent has changed"),
        new DecideRequest(Decision.Kind.REJECT, REQUEST),
        new DiffPage("abc", ORDERS, List.of(ROW), 50L, true),
        REPLAYED,
        new SchemaPage("abc", List.of(REPLAYED), List.of(SCHEMA), List.of(TABLE), 3),
        new ValuePart("long", 4),
        new ExperimentRow(
            ID, "shop", "acme", "tidy up", "agent-7", Stage.CLOSED, Outcome.MERGED, THEN, THEN),
        new ExperimentStatus(
            ID,
            SPEC,
            Stage.CLOSED,
            THEN,
            THEN,
            BRANCH,
            true,
            REPORT,
            CHANGES,
            JUDGEMENT,
            CONFLICTS,
            List.of(DECISION),
            OUTCOME,
            List.of(EVENT),
            COST,
            ID),
        COST,
        PROPOSAL,
        ANSWER,
        VARIANT_REPORT,
        VARIANT_END,
        VARIANT,
        VARIANTS_OUTCOME,
        RANKING,
        WAY,
        new Candidate(2, "rewrite", PROPOSAL),
        new GroupDecision(3, Decision.Kind.APPROVE, REQUEST, "autoMerge"),
        new PickRequest(
            "2", "ann", "best", "abc", List.of("DELETES_ROWS"), List.of(RESOLVE_REQUEST)),
        new VariantsSpec(SPEC, List.of(WAY)),
        new VariantsStatus(
            ID,
            "tidy up",
            "shop",
            "agent-7",
            1,
            THEN,
            Stage.CLOSED,
            List.of(VARIANT),
            RANKING,
            List.of(DECISION),
            1,
            VARIANTS_OUTCOME,
            List.of(EVENT)),
        SOURCE,
        new RefreshReport("shop", "shop_copy", THEN, 12, 1_000, 30, List.of("without privileges")),
        new ParentView(
            "shop",
            "postgres",
            "18.6",
            1_000,
            2,
            20,
            SOURCE,
            Duration.ofHours(6),
            "FENCE",
            "3 of app (pool)",
            "its role is a superuser"),
        new Reverted(ID, THEN, "ann"),
        AUDITED_STATEMENT,
        AUDITED_ROWS,
        new AuditRecord(
            ID.value(),
            "experiment-" + ID,
            "run",
            "shop",
            "acme",
            "tidy up",
            "agent-7",
            THEN,
            THEN,
            SPEC,
            BRANCH,
            List.of(AUDITED_STATEMENT),
            List.of(SENT_RUN),
            "abc",
            List.of(AUDITED_ROWS),
            1,
            JUDGEMENT,
            List.of(DECISION),
            OUTCOME,
            List.of(EVENT),
            COST,
            AuditRecord.Writer.WORKFLOW),
        AUDIT_LINE,
        new AuditSeal(1, AUDIT_LINE.hash()),
        new AuditPage(List.of(AUDIT_LINE), 2L, new AuditSeal(1, "abc")),
        new BranchView(
            REF,
            "offshoot_x",
            "postgres",
            BranchView.State.SWEPT,
            BranchView.Owner.ENDED,
            "experiment-x",
            THEN,
            THEN,
            "its workflow has ended"),
        new SweepReport(List.of("a"), List.of("b"), List.of("c"), List.of("d"), 1),
        new ExtendTtlRequest("ann", Duration.ofHours(2)),
        new HealthFinding("ledger", HealthFinding.Level.OK, "answers", ""),
        new SpecProblem("ttl", "is zero"),
        new SqlStatement(0, "SELECT 1", 1),
        new SqlToken(SqlToken.Kind.WORD, "SELECT", 0, 1));
  }

  /** Every record in the package, found among its compiled classes. */
  static List<Class<?>> recordsOfTheDomain() throws IOException, ReflectiveOperationException {
    Path classes =
        Path.of(ExperimentSpec.class.getProtectionDomain().getCodeSource().getLocation().getPath());
    Path folder = classes.resolve("dev/offshoot/domain");
    List<Class<?>> records = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        String name = file.getFileName().toString();
        if (name.endsWith(".class") && !name.startsWith("package-info")) {
          Class<?> found =
              Class.forName("dev.offshoot.domain." + name.substring(0, name.length() - 6));
          if (found.isRecord()) {
            records.add(found);
          }
        }
      }
    }
    return records;
  }
}
