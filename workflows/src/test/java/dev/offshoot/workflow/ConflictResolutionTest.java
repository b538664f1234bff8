package dev.offshoot.workflow;

import static dev.offshoot.workflow.ExperimentRun.awaitStatus;
import static dev.offshoot.workflow.ExperimentRun.by;
import static dev.offshoot.workflow.ExperimentRun.result;
import static dev.offshoot.workflow.ExperimentRun.spec;
import static dev.offshoot.workflow.ExperimentRun.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.domain.Conflict;
import dev.offshoot.domain.ConflictCount;
import dev.offshoot.domain.ConflictReport;
import dev.offshoot.domain.DecideRequest;
import dev.offshoot.domain.Decision;
import dev.offshoot.domain.DecisionRequest;
import dev.offshoot.domain.ExperimentOutcome;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.ExtendTtlRequest;
import dev.offshoot.domain.Hazard;
import dev.offshoot.domain.HazardFinding;
import dev.offshoot.domain.MergeResult;
import dev.offshoot.domain.OnConflict;
import dev.offshoot.domain.Outcome;
import dev.offshoot.domain.Resolution;
import dev.offshoot.domain.ResolveRequest;
import dev.offshoot.domain.ResolveResult;
import dev.offshoot.domain.Severity;
import dev.offshoot.domain.Stage;
import dev.offshoot.domain.TableName;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ConflictResolutionTest {
  private static final TableName ITEMS = new TableName("public", "items");
  private static final ConflictReport SHOWN = report("f1");

  private final ExperimentRun run = new ExperimentRun("c1");

  @AfterEach
  void everyEndLeavesNothingBehind() {
    assertThat(run.world.standing).isEmpty();
    run.close();
  }

  @Test
  void resolved_mergesTheResultingChangeSetUnderItsOwnDigest() {
    WorkflowStub stub = askedAboutConflicts();
    Decision decision =
        stub.update(
            "decide", Decision.class, new DecideRequest(Decision.Kind.APPROVE, take("BRANCH")));
    assertThat(decision.resolve())
        .containsExactly(
            new Resolution(Conflict.Kind.UPDATE_UPDATE, ITEMS, Resolution.Take.BRANCH));

    ExperimentOutcome outcome = result(stub);
    assertThat(outcome.outcome()).isEqualTo(Outcome.MERGED);
    assertThat(outcome.digest()).isEqualTo(FakeSteps.RESOLVED);
    assertThat(outcome.merge().digest()).isEqualTo(FakeSteps.RESOLVED);
    assertThat(outcome.conflicts()).isNull();
    ExperimentStatus status = status(stub);
    assertThat(status.changes().digest()).isEqualTo(FakeSteps.RESOLVED);
    assertThat(status.decisions())
        .last()
        .satisfies(
            counted -> {
              assertThat(counted.digest()).isEqualTo(FakeSteps.DIGEST);
              assertThat(counted.resolvedDigest()).isEqualTo(FakeSteps.RESOLVED);
            });
    assertThat(run.world.calls).filteredOn("judge"::equals).hasSize(2);
    assertThat(run.world.calls).anyMatch(call -> call.startsWith("resolve f1 "));
  }

  @Test
  void parentThatHasChangedSinceTheReport_isAskedAboutAgain() {
    run.world.resolveResults.add(
        ResolveResult.unresolved(report("f2"), "the parent has changed since"));
    WorkflowStub stub = askedAboutConflicts();
    stub.signal("approve", take("PARENT"));
    ExperimentStatus asked =
        awaitStatus(
            stub,
            s -> s.conflicts() != null && "f2".equals(s.conflicts().fingerprint()) && waits(s));
    assertThat(asked.decisions()).last().matches(kept -> kept.refusal().contains("changed since"));
    assertThat(run.world.calls).filteredOn("merge"::equals).hasSize(1);
    stub.signal("reject", by("ada"));
    assertThat(result(stub).outcome()).isEqualTo(Outcome.DROPPED);
  }

  @Test
  void hazardThatComesWithTheResolution_isAskedAboutUnderTheNewDigest() {
    run.world.hazardsOnceResolved =
        List.of(new HazardFinding(Hazard.DELETES_ROWS, Severity.NOTICE, "t: 1"));
    WorkflowStub stub = askedAboutConflicts();
    stub.signal("approve", take("BRANCH"));
    ExperimentStatus asked =
        awaitStatus(stub, s -> waits(s) && s.changes().digest().equals(FakeSteps.RESOLVED));
    assertThat(asked.conflicts()).isNull();
    assertThat(asked.decisions()).last().matches(kept -> kept.refusal().contains("DELETES_ROWS"));
    assertThat(run.world.calls).filteredOn("merge"::equals).hasSize(1);
    stub.signal("approve", by("ada"));
    assertThat(result(stub).digest()).isEqualTo(FakeSteps.RESOLVED);
  }

  @Test
  void nothingLeftOfTheChangeSet_isDropped() {
    run.world.nothingLeft = true;
    WorkflowStub stub = askedAboutConflicts();
    stub.signal("approve", Map.of("by", "ada", "resolve", "parent"));
    ExperimentOutcome outcome = result(stub);
    assertThat(outcome.outcome()).isEqualTo(Outcome.DROPPED);
    assertThat(outcome.why()).contains("nothing is left");
  }

  @Test
  void whatCannotBeResolved_isRefusedAndNothingHappens() {
    WorkflowStub stub = askedAboutConflicts();
    stub.signal(
        "approve",
        new DecisionRequest(
            "ada", "x", null, null, List.of(new ResolveRequest("NO_SUCH", null, "PARENT"))));
    stub.signal("approve", take(""));
    awaitStatus(stub, s -> s.decisions().size() == 3);
    assertThat(status(stub).decisions().subList(1, 3))
        .extracting(Decision::refusal)
        .satisfiesExactly(
            r -> assertThat(r).contains("NO_SUCH", "UPDATE_UPDATE in items (1)"),
            r -> assertThat(r).contains("PARENT or BRANCH"));
    assertThatThrownBy(
            () ->
                stub.update(
                    "decide",
                    Decision.class,
                    new DecideRequest(Decision.Kind.APPROVE, take("BOTH"))))
        .rootCause()
        .hasMessageContaining("PARENT or BRANCH");
    stub.signal("reject", by("ada"));
    result(stub);
  }

  @Test
  void resolutionBeforeThereAreConflicts_isRefused() {
    WorkflowStub stub = run.startAndAwaitReview(spec().onConflict(OnConflict.ASK).build());
    stub.signal("approve", take("BRANCH"));
    awaitStatus(stub, s -> s.decisions().size() == 1);
    assertThat(status(stub).decisions().get(0).refusal()).contains("no conflicts to resolve");
    stub.signal("reject", by("ada"));
    result(stub);
  }

  @Test
  void rejectedWhileTheStatementsRunAgain_isDropped() throws InterruptedException {
    WorkflowStub stub = rebasing(spec().onConflict(OnConflict.REBASE).build());
    stub.signal("reject", by("eve"));
    ExperimentOutcome outcome = result(stub);
    assertThat(outcome.outcome()).isEqualTo(Outcome.DROPPED);
    assertThat(outcome.by()).isEqualTo("eve");
    assertThat(run.world.calls).filteredOn("merge"::equals).hasSize(1);
    // What was reserved for the change set that is no more is free before the next is made.
    assertThat(run.world.calls).containsSubsequence("merge", "release 1", "create 2");
  }

  @Test
  void approvedWhileTheStatementsRunAgain_isTooEarly() throws InterruptedException {
    WorkflowStub stub = rebasing(spec().onConflict(OnConflict.REBASE).build());
    stub.signal("approve", by("eve"));
    awaitStatus(stub, s -> s.decisions().size() == 2);
    assertThat(status(stub).decisions().get(1).refusal()).contains("too early");
    stub.signal("reject", by("eve"));
    result(stub);
  }

  @Test
  void deadlineWhileTheStatementsRunAgain_expires() throws InterruptedException {
    WorkflowStub stub = rebasing(spec().onConflict(OnConflict.REBASE).build());
    // Time does not skip while a step runs.
    stub.update("extendTtl", Instant.class, new ExtendTtlRequest("ada", Duration.ofMillis(200)));
    assertThat(result(stub).outcome()).isEqualTo(Outcome.EXPIRED);
    assertThat(run.world.calls).filteredOn("merge"::equals).hasSize(1);
  }

  @Test
  void sameDigestWithAnotherHazardAfterTheStatementsRanAgain_asksAgain() {
    run.world.mergeResults.add(MergeResult.conflicted(SHOWN));
    WorkflowStub stub = run.startAndAwaitReview(spec().onConflict(OnConflict.REBASE).build());
    run.world.hazards =
        List.of(new HazardFinding(Hazard.DELETES_ROWS, Severity.NEEDS_NAME, "t: 1"));
    stub.signal("approve", by("ada"));
    ExperimentStatus asked = awaitStatus(stub, s -> waits(s) && s.branch().ref().attempt() == 2);
    assertThat(asked.conflicts()).isNull();
    stub.signal("reject", by("ada"));
    result(stub);
  }

  private WorkflowStub askedAboutConflicts() {
    run.world.mergeResults.add(MergeResult.conflicted(SHOWN));
    WorkflowStub stub = run.startAndAwaitReview(spec().onConflict(OnConflict.ASK).build());
    stub.signal("approve", by("ada"));
    awaitStatus(stub, s -> waits(s) && s.conflicts() != null);
    return stub;
  }

  /** Until the statements run again after a conflict. */
  private WorkflowStub rebasing(ExperimentSpec spec) throws InterruptedException {
    run.world.mergeResults.add(MergeResult.conflicted(SHOWN));
    WorkflowStub stub = run.startAndAwaitReview(spec);
    run.world.hangs = "experiment";
    stub.signal("approve", by("ada"));
    run.world.hanging.await();
    return stub;
  }

  private static boolean waits(ExperimentStatus status) {
    return status.stage() == Stage.AWAITING_DECISION;
  }

  private static DecisionRequest take(String side) {
    return new DecisionRequest(
        "ada",
        "looked at it",
        null,
        null,
        List.of(new ResolveRequest("UPDATE_UPDATE", "public.items", side)));
  }

  /** One row that both changed. */
  static ConflictReport report(String fingerprint) {
    return new ConflictReport(
        1,
        List.of(
            new Conflict(
                Conflict.Kind.UPDATE_UPDATE, ITEMS, List.of("1"), "v", "a", "b", "c", "both")),
        List.of(new ConflictCount(Conflict.Kind.UPDATE_UPDATE, ITEMS, 1)),
        fingerprint);
  }
}
