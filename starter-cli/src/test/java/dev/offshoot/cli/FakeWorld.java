package dev.offshoot.cli;

import dev.offshoot.activity.BranchActivities;
import dev.offshoot.activity.DiffActivities;
import dev.offshoot.activity.ExperimentActivities;
import dev.offshoot.activity.JudgeActivities;
import dev.offshoot.activity.MergeActivities;
import dev.offshoot.activity.ReadActivities;
import dev.offshoot.activity.RevertActivities;
import dev.offshoot.domain.ApprovalRule;
import dev.offshoot.domain.AuditPage;
import dev.offshoot.domain.BranchInfo;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ColumnShape;
import dev.offshoot.domain.Conflict;
import dev.offshoot.domain.ConflictCount;
import dev.offshoot.domain.ConflictReport;
import dev.offshoot.domain.DiffPage;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentReport;
import dev.offshoot.domain.ExperimentRow;
import dev.offshoot.domain.Failure;
import dev.offshoot.domain.Hazard;
import dev.offshoot.domain.HazardFinding;
import dev.offshoot.domain.HealthFinding;
import dev.offshoot.domain.Judgement;
import dev.offshoot.domain.MergeReport;
import dev.offshoot.domain.MergeResult;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.Outcome;
import dev.offshoot.domain.Ranking;
import dev.offshoot.domain.ReplayedStatement;
import dev.offshoot.domain.ResolveResult;
import dev.offshoot.domain.Reverted;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.SchemaChange;
import dev.offshoot.domain.SchemaPage;
import dev.offshoot.domain.Severity;
import dev.offshoot.domain.Stage;
import dev.offshoot.domain.StatementResult;
import dev.offshoot.domain.TableChanges;
import dev.offshoot.domain.TableName;
import dev.offshoot.domain.TableProof;
import dev.offshoot.domain.ValuePart;
import dev.offshoot.domain.Verdict;
import dev.offshoot.policy.VariantOrder;
import dev.offshoot.workflow.Failures;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Steps without databases. What happens depends on the parent's name, so that tests that share a
 * world do not meet: {@code nowhere} is unknown, {@code busy} is busy, {@code broken-sql} refuses
 * the second statement, {@code hazardous} needs two hazards named, {@code forbidden} forbids one,
 * {@code moved} has conflicts; every other one works.
 */
final class FakeWorld
    implements BranchActivities,
        ExperimentActivities,
        DiffActivities,
        JudgeActivities,
        MergeActivities,
        RevertActivities,
        ReadActivities {
  static final String DIGEST = "3fa81c0d".repeat(8);
  static final String RESOLVED = "77aa81c0".repeat(8);
  static final TableName CUSTOMERS = new TableName("public", "customers");
  static final int ROWS = 25;
  private static final int SAMPLE = 5;

  /** Reverts and what they revert. */
  private final Map<ExperimentId, String> reverts = new ConcurrentHashMap<>();

  private final FakeAudit audit;

  FakeWorld(FakeAudit audit) {
    this.audit = audit;
  }

  @Override
  public AuditPage readAudit(ReadAudit request) {
    return audit.page(request.from());
  }

  @Override
  public BranchInfo createBranch(CreateBranch request) {
    switch (request.ref().parent()) {
      case "nowhere" ->
          fail(ErrorCode.UNKNOWN_PARENT, "parent: there is no parent 'nowhere'; known are shop");
      case "busy" -> fail(ErrorCode.PARENT_BUSY, "parent busy: somebody is connected");
      case "locked" ->
          fail(ErrorCode.PARENT_ACCESS_DENIED, "parent locked: its server refuses the password");
      default -> {}
    }
    return new BranchInfo(
        request.ref(),
        "fake",
        Instant.EPOCH,
        12,
        "WAL_LOG",
        10_000_000,
        "18.6",
        Duration.ofDays(7),
        null,
        null);
  }

  @Override
  public BranchInfo createStem(CreateBranch request) {
    return createBranch(request);
  }

  @Override
  public Ranking rank(RankRequest request) {
    return VariantOrder.of(request.candidates());
  }

  @Override
  public void dropBranch(DropBranch request) {}

  @Override
  public void extendLease(ExtendLease request) {}

  @Override
  public ExperimentReport runExperiment(RunExperiment request) {
    if (request.branch().parent().equals("broken-sql")) {
      throw Failures.toTemporal(
          new OffshootException(
              new Failure(ErrorCode.SQL_ERROR, "relation \"nope\" does not exist", 1, 15, "42P01"),
              null));
    }
    return new ExperimentReport(
        List.of(
            new StatementResult(
                0,
                "SELECT\n  count(*) FROM customers",
                2,
                null,
                List.of("count"),
                List.of(List.of("25")),
                false,
                false),
            new StatementResult(
                1, "UPDATE customers SET …", 3, 25L, List.of(), List.of(), false, false)),
        request.spec().checks(),
        List.of(),
        List.of(1L),
        5);
  }

  @Override
  public ChangeSummary computeDiff(ComputeDiff request) {
    return summary();
  }

  @Override
  public ChangeSummary computeRevert(ComputeRevert request) {
    if (request.revert().parent().equals("late")) {
      fail(ErrorCode.REVERT_REFUSED, "experiment x could be reverted until yesterday");
    }
    reverts.put(request.revert().experimentId(), String.valueOf(request.spec().reverts()));
    return summary();
  }

  @Override
  public void extendRevert(ExtendRevert request) {}

  @Override
  public void endRevert(EndRevert request) {
    if (request.outcome() != Outcome.REVERTED) {
      reverts.remove(request.revert());
    }
  }

  @Override
  public @Nullable Reverted readReverted(ReadReverted request) {
    return reverts.entrySet().stream()
        .filter(revert -> revert.getValue().equals(request.merged().value()))
        .map(revert -> new Reverted(revert.getKey(), Instant.EPOCH, "rita"))
        .findFirst()
        .orElse(null);
  }

  static ChangeSummary summary() {
    return new ChangeSummary(
        DIGEST,
        List.of(
            new SchemaChange(
                SchemaChange.Kind.CREATED, "column", "public.customers.tier", null, "text")),
        1,
        List.of("ALTER TABLE customers ADD COLUMN tier text"),
        List.of(table()),
        List.of(),
        List.of(),
        4);
  }

  static TableChanges table() {
    return new TableChanges(
        CUSTOMERS,
        List.of(
            new ColumnShape("id", "bigint"),
            new ColumnShape("email", "text"),
            new ColumnShape("tier", "text")),
        List.of(0),
        0,
        ROWS,
        0,
        100,
        rows(0, SAMPLE));
  }

  private static List<RowChange> rows(int from, int to) {
    List<RowChange> rows = new ArrayList<>();
    for (int i = from; i < to; i++) {
      String email = "C" + i + "@example.org";
      List<String> before = new ArrayList<>(List.of(String.valueOf(i), email));
      before.add(null);
      rows.add(RowChange.update(before, List.of(String.valueOf(i), email, "gold")));
    }
    return rows;
  }

  @Override
  public Judgement judge(JudgeRequest request) {
    List<HazardFinding> hazards =
        switch (String.valueOf(request.spec().parent())) {
          case "hazardous" ->
              List.of(
                  new HazardFinding(Hazard.DROPS_COLUMN, Severity.NEEDS_NAME, "customers.old"),
                  new HazardFinding(Hazard.REWRITES_TABLE, Severity.NEEDS_NAME, "customers"),
                  new HazardFinding(Hazard.DELETES_ROWS, Severity.NOTICE, "3 rows"));
          case "guarded" ->
              List.of(new HazardFinding(Hazard.DELETES_ROWS, Severity.NOTICE, "3 rows"));
          case "forbidden" ->
              List.of(new HazardFinding(Hazard.DROPS_TABLE, Severity.FORBIDDEN, "customers"));
          default -> List.of();
        };
    return new Judgement(
        request.changes().digest(),
        hazards,
        Verdict.of(Verdict.Opinion.ABSTAIN, "policy", "a person decides"),
        1,
        "guarded".equals(request.spec().parent())
            ? new ApprovalRule(List.of("ada", "bob"), Map.of(Hazard.DELETES_ROWS, 2))
            : null);
  }

  @Override
  public MergeResult merge(MergeRequest request) {
    if (request.branch().parent().equals("moved") && !request.digest().equals(RESOLVED)) {
      return MergeResult.conflicted(
          new ConflictReport(
              1,
              List.of(
                  new Conflict(
                      Conflict.Kind.UPDATE_UPDATE,
                      CUSTOMERS,
                      List.of("7"),
                      "tier",
                      null,
                      "silver",
                      "gold",
                      "changed on both sides")),
              List.of(new ConflictCount(Conflict.Kind.UPDATE_UPDATE, CUSTOMERS, 1)),
              "f1"));
    }
    TableProof proof =
        new TableProof(
            CUSTOMERS,
            List.of("id", "email"),
            List.of("id", "email", "tier"),
            List.of(
                new TableProof.Row(
                    List.of("0", "C0@example.org"), List.of("0", "C0@example.org", "gold"))));
    return MergeResult.merged(
        new MergeReport(
            request.digest(), 0, ROWS, 0, 0, 1, Instant.EPOCH, 9, 3, List.of(proof), null, 5L));
  }

  @Override
  public ResolveResult resolveConflicts(ResolveConflicts request) {
    return ResolveResult.resolved(
        request.changes().withRows(RESOLVED, request.changes().tables(), 2));
  }

  @Override
  public void releaseSequences(ReleaseSequences request) {}

  @Override
  public DiffPage readDiff(ReadDiff request) {
    int from = request.from() == null ? 0 : request.from().intValue();
    // Pages smaller than asked for, as wide rows make them.
    int to = Math.min(ROWS, from + Math.min(request.limit(), 10));
    return new DiffPage(
        request.digest(), request.table(), rows(from, to), to == ROWS ? null : (long) to, false);
  }

  @Override
  public SchemaPage readSchema(ReadSchema request) {
    ChangeSummary summary = summary();
    List<ReplayedStatement> script =
        summary.schemaScript().stream()
            .map(sql -> new ReplayedStatement(0, sql, "public", false))
            .toList();
    // Two pages, as a long script makes them.
    return request.from() == null
        ? new SchemaPage(request.digest(), script, List.of(), List.of(), 1)
        : new SchemaPage(
            request.digest(), List.of(), summary.schemaChanges(), summary.tables(), null);
  }

  @Override
  public ValuePart readValue(ReadValue request) {
    throw new AssertionError("no page was cut");
  }

  @Override
  public List<ExperimentRow> listExperiments(ListExperiments request) {
    return List.of(
        new ExperimentRow(
            new ExperimentId("from-the-ledger"),
            "shop",
            "default",
            "fix\u202Ethings",
            "agent-7",
            Stage.AWAITING_DECISION,
            null,
            Instant.EPOCH,
            Instant.EPOCH));
  }

  @Override
  public List<HealthFinding> examine() {
    return List.of(
        new HealthFinding("ledger", HealthFinding.Level.OK, "version 1", ""),
        new HealthFinding(
            "parent shop",
            HealthFinding.Level.WARNING,
            "is a superuser's",
            "make a role of its own"));
  }

  private static void fail(ErrorCode code, String message) {
    throw Failures.toTemporal(new OffshootException(code, message));
  }
}
