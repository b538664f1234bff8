package dev.offshoot.workflow;

import dev.offshoot.activity.AuditActivities;
import dev.offshoot.activity.BranchActivities;
import dev.offshoot.activity.DiffActivities;
import dev.offshoot.activity.ExperimentActivities;
import dev.offshoot.activity.JudgeActivities;
import dev.offshoot.activity.MergeActivities;
import dev.offshoot.activity.RevertActivities;
import dev.offshoot.domain.ApprovalRule;
import dev.offshoot.domain.AuditRecord;
import dev.offshoot.domain.AuditSeal;
import dev.offshoot.domain.BranchInfo;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.Candidate;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ColumnShape;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentReport;
import dev.offshoot.domain.HazardFinding;
import dev.offshoot.domain.Judgement;
import dev.offshoot.domain.MergeReport;
import dev.offshoot.domain.MergeResult;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.Ranking;
import dev.offshoot.domain.ResolveResult;
import dev.offshoot.domain.Reversal;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.StatementResult;
import dev.offshoot.domain.TableChanges;
import dev.offshoot.domain.TableName;
import dev.offshoot.domain.Verdict;
import dev.offshoot.policy.VariantOrder;
import io.temporal.activity.Activity;
import io.temporal.client.ActivityCompletionException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A world of one row in memory: what stands, what was called, and what goes wrong on request. */
final class FakeSteps
    implements BranchActivities,
        ExperimentActivities,
        DiffActivities,
        JudgeActivities,
        MergeActivities,
        RevertActivities,
        AuditActivities {
  static final String DIGEST = "a".repeat(64);
  static final String RESOLVED = "c".repeat(64);

  final Set<BranchRef> standing = ConcurrentHashMap.newKeySet();
  final ConcurrentLinkedQueue<String> calls = new ConcurrentLinkedQueue<>();
  final Deque<AuditRecord> audits = new ConcurrentLinkedDeque<>();
  final Deque<String> digests = new ArrayDeque<>();
  final Deque<MergeResult> mergeResults = new ArrayDeque<>();
  final Deque<ResolveResult> resolveResults = new ArrayDeque<>();
  volatile boolean nothingLeft;
  volatile @Nullable List<HazardFinding> hazardsOnceResolved;
  volatile List<HazardFinding> hazards = List.of();
  volatile ApprovalRule approval = ApprovalRule.ANYBODY;

  /** Of an experiment whose first statement is this one, instead. */
  final Map<String, List<HazardFinding>> hazardsOf = new ConcurrentHashMap<>();

  volatile @Nullable OffshootException rankFails;
  final Set<BranchRef> stems = ConcurrentHashMap.newKeySet();
  final ConcurrentLinkedQueue<BranchRef> grownFrom = new ConcurrentLinkedQueue<>();
  volatile boolean nothingChanged;
  volatile @Nullable OffshootException createFails;

  /** How often there is no room for a branch. */
  final AtomicInteger full = new AtomicInteger();

  volatile @Nullable OffshootException experimentFails;

  /** How often a try of the experiment finds that an earlier one has committed. */
  final AtomicInteger branchesLost = new AtomicInteger();

  volatile @Nullable OffshootException revertFails;
  final AtomicInteger dropFailures = new AtomicInteger();

  /** The step that hangs until it is cancelled, and the sign that it does. */
  volatile String hangs = "";

  /** Whether the step that hangs then fails instead of stopping, as a lost worker's does. */
  volatile boolean failsInsteadOfStopping;

  final CountDownLatch hanging = new CountDownLatch(1);
  volatile @Nullable CountDownLatch mergeBegun;
  volatile @Nullable CountDownLatch mergeMayEnd;
  volatile String goalOfRow = "new";

  @Override
  public BranchInfo createBranch(CreateBranch request) {
    calls.add("create " + request.ref().attempt());
    if (full.getAndDecrement() > 0) {
      throw Failures.toTemporal(
          new OffshootException(ErrorCode.QUEUED, "place 1 of 1: 20 of 20 branches stand"));
    }
    standing.add(request.ref());
    mayHang("create");
    OffshootException failure = createFails;
    if (failure != null) {
      throw Failures.toTemporal(failure);
    }
    BranchRef stem = request.stem();
    if (stem != null) {
      if (!stems.contains(stem)) {
        throw Failures.toTemporal(new OffshootException(ErrorCode.BRANCH_GONE, "no stem"));
      }
      grownFrom.add(stem);
    }
    return info(request);
  }

  @Override
  public BranchInfo createStem(CreateBranch request) {
    calls.add("stem");
    if (full.getAndDecrement() > 0) {
      throw Failures.toTemporal(
          new OffshootException(ErrorCode.QUEUED, "place 1 of 1: 20 of 20 branches stand"));
    }
    standing.add(request.ref());
    stems.add(request.ref());
    mayHang("stem");
    OffshootException failure = createFails;
    if (failure != null) {
      throw Failures.toTemporal(failure);
    }
    return info(request);
  }

  private static BranchInfo info(CreateBranch request) {
    return new BranchInfo(
        request.ref(),
        "fake",
        Instant.EPOCH,
        7,
        "WAL_LOG",
        1,
        "18.6",
        Duration.ofDays(7),
        null,
        null);
  }

  @Override
  public void dropBranch(DropBranch request) {
    calls.add(stems.contains(request.ref()) ? "drop stem" : "drop " + request.ref().attempt());
    if (dropFailures.getAndDecrement() > 0) {
      throw new IllegalStateException("the home of branches is away");
    }
    standing.remove(request.ref());
    stems.remove(request.ref());
  }

  @Override
  public void extendLease(ExtendLease request) {
    calls.add("extend");
  }

  @Override
  public ExperimentReport runExperiment(RunExperiment request) {
    calls.add("experiment");
    OffshootException failure = experimentFails;
    if (failure != null) {
      throw Failures.toTemporal(failure);
    }
    if (branchesLost.getAndDecrement() > 0) {
      throw Failures.toTemporal(
          new OffshootException(ErrorCode.BRANCH_GONE, "an earlier try has committed"));
    }
    mayHang("experiment");
    String first = request.spec().statements().get(0);
    if (first.startsWith("FAIL")) {
      throw Failures.toTemporal(new OffshootException(ErrorCode.SQL_ERROR, "cannot " + first));
    }
    if (first.startsWith("HANG")) {
      hanging.countDown();
      untilCancelled();
    }
    return new ExperimentReport(
        List.of(new StatementResult(0, "UPDATE t", 1, 1L, List.of(), List.of(), false, false)),
        List.of(),
        List.of(),
        List.of(1L),
        1);
  }

  private void mayHang(String step) {
    if (step.equals(hangs)) {
      hanging.countDown();
      try {
        untilCancelled();
      } catch (ActivityCompletionException e) {
        if (failsInsteadOfStopping) {
          throw Failures.toTemporal(new OffshootException(ErrorCode.BRANCH_GONE, "lost"));
        }
        throw e;
      }
    }
  }

  private static void untilCancelled() {
    while (true) {
      try {
        Thread.sleep(50);
        Activity.getExecutionContext().heartbeat("at work");
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      } catch (ActivityCompletionException e) {
        throw e;
      }
    }
  }

  @Override
  public ChangeSummary computeRevert(ComputeRevert request) {
    calls.add("compute revert of " + request.spec().reverts());
    OffshootException failure = revertFails;
    if (failure != null) {
      throw Failures.toTemporal(failure);
    }
    mayHang("revert");
    ChangeSummary changes = changes(digests.isEmpty() ? DIGEST : digests.removeFirst());
    return new ChangeSummary(
        changes.digest(),
        changes.schemaChanges(),
        changes.schemaChangeCount(),
        changes.schemaScript(),
        changes.tables(),
        changes.rewrittenTables(),
        changes.sequences(),
        changes.millis(),
        new Reversal(new ExperimentId("merged"), List.of("newer"), List.of(), null),
        null);
  }

  @Override
  public void extendRevert(ExtendRevert request) {
    calls.add("extend revert to " + request.deadline());
  }

  @Override
  public void endRevert(EndRevert request) {
    calls.add("end " + request.outcome());
  }

  @Override
  public ChangeSummary computeDiff(ComputeDiff request) {
    calls.add("diff");
    mayHang("diff");
    String id = request.branch().experimentId().value();
    return changes(
        id.matches(".*-\\d")
            ? id.substring(id.length() - 1).repeat(64)
            : digests.isEmpty() ? DIGEST : digests.removeFirst());
  }

  private ChangeSummary changes(String digest) {
    TableChanges table =
        new TableChanges(
            new TableName("public", "t"),
            List.of(new ColumnShape("id", "integer"), new ColumnShape("v", "text")),
            List.of(0),
            0,
            1,
            0,
            10,
            List.of(RowChange.update(List.of("1", "old"), List.of("1", goalOfRow))));
    return new ChangeSummary(
        digest,
        List.of(),
        0,
        List.of(),
        nothingChanged ? List.of() : List.of(table),
        List.of(),
        List.of(),
        1);
  }

  @Override
  public Judgement judge(JudgeRequest request) {
    calls.add("judge");
    mayHang("judge");
    List<HazardFinding> found =
        request.spec().statements().isEmpty()
            ? hazards
            : hazardsOf.getOrDefault(request.spec().statements().get(0), hazards);
    Verdict.Opinion opinion = found.isEmpty() ? Verdict.Opinion.APPROVE : Verdict.Opinion.ABSTAIN;
    return new Judgement(
        request.changes().digest(), found, Verdict.of(opinion, "policy", "seen"), 1, approval);
  }

  @Override
  public Ranking rank(RankRequest request) {
    calls.add("rank " + request.candidates().stream().map(Candidate::number).toList());
    OffshootException failure = rankFails;
    if (failure != null) {
      throw Failures.toTemporal(failure);
    }
    return VariantOrder.of(request.candidates());
  }

  @Override
  public MergeResult merge(MergeRequest request) {
    calls.add("merge");
    await(mergeBegun, true);
    await(mergeMayEnd, false);
    return mergeResults.isEmpty() ? merged(request.digest()) : mergeResults.removeFirst();
  }

  @Override
  public ResolveResult resolveConflicts(ResolveConflicts request) {
    calls.add("resolve " + request.fingerprint() + " " + request.merge().decision().resolve());
    hazards = hazardsOnceResolved == null ? hazards : hazardsOnceResolved;
    return resolveResults.isEmpty()
        ? ResolveResult.resolved(
            request
                .changes()
                .withRows(RESOLVED, nothingLeft ? List.of() : request.changes().tables(), 1))
        : resolveResults.removeFirst();
  }

  @Override
  public void releaseSequences(ReleaseSequences request) {
    calls.add("release " + request.branch().attempt());
  }

  @Override
  public AuditSeal keepAudit(KeepAudit request) {
    audits.add(request.record());
    return new AuditSeal(audits.size(), DIGEST);
  }

  private static void await(@Nullable CountDownLatch latch, boolean countDown) {
    if (latch == null) {
      return;
    }
    if (countDown) {
      latch.countDown();
      return;
    }
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static MergeResult merged(String digest) {
    return MergeResult.merged(
        new MergeReport(digest, 0, 1, 0, 0, 0, Instant.EPOCH, 1, 0, List.of(), null, null));
  }
}
