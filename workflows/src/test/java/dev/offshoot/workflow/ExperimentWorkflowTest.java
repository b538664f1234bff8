package dev.offshoot.workflow;

import static dev.offshoot.workflow.ExperimentRun.awaitStatus;
import static dev.offshoot.workflow.ExperimentRun.by;
import static dev.offshoot.workflow.ExperimentRun.result;
import static dev.offshoot.workflow.ExperimentRun.spec;
import static dev.offshoot.workflow.ExperimentRun.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.domain.Conflict;
import dev.offshoot.domain.ConflictReport;
import dev.offshoot.domain.DecideRequest;
import dev.offshoot.domain.Decision;
import dev.offshoot.domain.DecisionRequest;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentOutcome;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.ExtendTtlRequest;
import dev.offshoot.domain.Failure;
import dev.offshoot.domain.Hazard;
import dev.offshoot.domain.HazardFinding;
import dev.offshoot.domain.MergeResult;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.OnConflict;
import dev.offshoot.domain.Outcome;
import dev.offshoot.domain.Severity;
import dev.offshoot.domain.Stage;
import dev.offshoot.domain.TimelineEvent;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ExperimentWorkflowTest {
  private final ExperimentRun run = new ExperimentRun("e1");

  @AfterEach
  void everyEndLeavesNothingBehind() {
    assertThat(run.world.standing).isEmpty();
    run.close();
  }

  @Test
  void approved_isMergedAndTheBranchIsGoneWhileAPersonIsAsked() {
    WorkflowStub stub = run.startAndAwaitReview(spec().build());
    awaitStatus(stub, s -> !s.branchExists());
    assertThat(run.world.standing).isEmpty();

    stub.signal("approve", by("ada"));

    ExperimentOutcome outcome = result(stub);
    assertThat(outcome.outcome()).isEqualTo(Outcome.MERGED);
    assertThat(outcome.by()).isEqualTo("ada");
    assertThat(outcome.digest()).isEqualTo(FakeSteps.DIGEST);
    assertThat(run.world.calls)
        .containsExactlyInAnyOrder("create 1", "experiment", "diff", "drop 1", "judge", "merge");
    assertThat(status(stub).stage()).isEqualTo(Stage.CLOSED);
  }

  @Test
  void keptBranch_standsUntilTheEnd() {
    WorkflowStub stub = run.startAndAwaitReview(spec().keepBranch(true).build());
    assertThat(run.world.standing).hasSize(1);
    stub.signal("approve", by("ada"));
    assertThat(result(stub).outcome()).isEqualTo(Outcome.MERGED);
  }

  @Test
  void rejected_isDroppedWithWhoAndWhy() {
    WorkflowStub stub = run.startAndAwaitReview(spec().build());
    stub.signal("reject", new DecisionRequest("ada", "wrong rows", null, null));
    ExperimentOutcome outcome = result(stub);
    assertThat(outcome.outcome()).isEqualTo(Outcome.DROPPED);
    assertThat(outcome.why()).isEqualTo("wrong rows");
    assertThat(run.world.calls).doesNotContain("merge");
  }

  @Test
  void rejectedWhileTheStatementsRun_endsThemAndDrops() throws InterruptedException {
    run.world.hangs = "experiment";
    WorkflowStub stub = run.start(spec().build());
    run.world.hanging.await();
    stub.signal("reject", by("ada"));
    assertThat(result(stub).outcome()).isEqualTo(Outcome.DROPPED);
  }

  @Test
  void stepThatFailsOnceRejected_doesNotMakeAFailureOfTheRejection() throws InterruptedException {
    run.world.hangs = "experiment";
    run.world.failsInsteadOfStopping = true;
    WorkflowStub stub = run.start(spec().build());
    run.world.hanging.await();
    stub.signal("reject", by("ada"));
    ExperimentOutcome outcome = result(stub);
    assertThat(outcome.outcome()).isEqualTo(Outcome.DROPPED);
    assertThat(outcome.by()).isEqualTo("ada");
  }

  @Test
  void workerLostAfterTheStatementsWereCommitted_runsThemAgainOnAnotherBranch() {
    run.world.branchesLost.set(1);
    WorkflowStub stub = run.startAndAwaitReview(spec().build());
    stub.signal("approve", by("ada"));

    assertThat(result(stub).outcome()).isEqualTo(Outcome.MERGED);
    assertThat(run.world.calls)
        .containsSubsequence("create 1", "experiment", "drop 1", "create 2", "experiment", "diff");
  }

  @Test
  void branchThatIsLostAgainAndAgain_failsInTheEnd() {
    run.world.branchesLost.set(10);
    WorkflowStub stub = run.start(spec().build());

    assertThatThrownBy(() -> result(stub))
        .extracting(Failures::fromTemporal)
        .extracting(Failure::code)
        .isEqualTo(ErrorCode.BRANCH_GONE);
    assertThat(run.world.calls)
        .filteredOn("experiment"::equals)
        .hasSize(ExperimentWorkflowImpl.MOST_ATTEMPTS);
  }

  @Test
  void deadlineWithoutDecision_expires() {
    WorkflowStub stub = run.start(spec().ttl(Duration.ofMinutes(10)).build());
    ExperimentOutcome outcome = result(stub);
    assertThat(outcome.outcome()).isEqualTo(Outcome.EXPIRED);
    assertThat(outcome.by()).isEqualTo("deadline");
    assertThat(run.world.calls).doesNotContain("merge");
  }

  @Test
  void noRoomForABranch_waitsItsTurn_andSaysSo() {
    run.world.full.set(40);
    WorkflowStub stub = run.start(spec().ttl(Duration.ofHours(5)).build());
    ExperimentStatus waiting = awaitStatus(stub, s -> s.stage() == Stage.QUEUED);
    assertThat(waiting.timeline())
        .last()
        .extracting(TimelineEvent::what)
        .isEqualTo("waiting for room: place 1 of 1: 20 of 20 branches stand");
    run.temporal.sleep(Duration.ofMinutes(30));
    awaitStatus(stub, s -> s.stage() == Stage.AWAITING_DECISION);

    stub.signal("approve", by("ada"));

    assertThat(result(stub).outcome()).isEqualTo(Outcome.MERGED);
    assertThat(run.world.calls).filteredOn("create 1"::equals).hasSize(41);
    assertThat(status(stub).timeline())
        .filteredOn(event -> event.what().startsWith("waiting for room"))
        .hasSize(1);
  }

  @Test
  void waitingForRoom_canBeRejected_andEndsWithTheDeadline() {
    run.world.full.set(Integer.MAX_VALUE);
    WorkflowStub stub = run.start(spec().ttl(Duration.ofHours(2)).build());
    awaitStatus(stub, s -> s.stage() == Stage.QUEUED);
    stub.signal("reject", by("ada"));
    assertThat(result(stub).outcome()).isEqualTo(Outcome.DROPPED);

    try (ExperimentRun other = new ExperimentRun("e2")) {
      other.world.full.set(Integer.MAX_VALUE);
      assertThat(result(other.start(spec().ttl(Duration.ofHours(2)).build())).outcome())
          .isEqualTo(Outcome.EXPIRED);
      assertThat(other.world.standing).isEmpty();
    }
  }

  @Test
  void nearDeadline_isRemindedOfOnce_andAgainAfterItWasMoved() {
    WorkflowStub stub = run.startAndAwaitReview(spec().ttl(Duration.ofHours(2)).build());
    run.temporal.sleep(Duration.ofMinutes(89));
    assertThat(reminders(stub)).isZero();
    run.temporal.sleep(Duration.ofMinutes(2));
    assertThat(reminders(stub)).isEqualTo(1);

    var unused =
        stub.update("extendTtl", Instant.class, new ExtendTtlRequest("ada", Duration.ofHours(4)));
    run.temporal.sleep(Duration.ofMinutes(170));
    assertThat(reminders(stub)).isEqualTo(1);
    run.temporal.sleep(Duration.ofMinutes(20));
    assertThat(reminders(stub)).isEqualTo(2);
    assertThat(result(stub).outcome()).isEqualTo(Outcome.EXPIRED);
  }

  private static long reminders(WorkflowStub stub) {
    return status(stub).timeline().stream()
        .filter(event -> event.what().startsWith("reminder: "))
        .count();
  }

  @Test
  void extendedLease_outlivesTheFirstDeadline() {
    WorkflowStub stub = run.startAndAwaitReview(spec().ttl(Duration.ofMinutes(10)).build());
    Instant deadline =
        stub.update("extendTtl", Instant.class, new ExtendTtlRequest("ada", Duration.ofHours(5)));
    run.temporal.sleep(Duration.ofHours(1));
    assertThat(status(stub).deadline()).isEqualTo(deadline);
    stub.signal("approve", by("ada"));
    assertThat(result(stub).outcome()).isEqualTo(Outcome.MERGED);
  }

  @Test
  void extendedLeaseOfAStandingBranch_reachesItsHome() {
    WorkflowStub stub = run.startAndAwaitReview(spec().keepBranch(true).build());
    stub.update("extendTtl", Instant.class, new ExtendTtlRequest("ada", Duration.ofHours(5)));
    stub.signal("reject", by("ada"));
    result(stub);
    assertThat(run.world.calls).contains("extend");
  }

  @Test
  void extensionBeyondWhatTheParentAllows_isRefused() {
    WorkflowStub stub = run.startAndAwaitReview(spec().build());
    assertThatThrownBy(
            () ->
                stub.update(
                    "extendTtl", Instant.class, new ExtendTtlRequest("ada", Duration.ofDays(8))))
        .isInstanceOf(WorkflowUpdateException.class)
        .rootCause()
        .hasMessageContaining("latest deadline");
    stub.signal("reject", by("ada"));
    result(stub);
  }

  @ParameterizedTest
  @ValueSource(strings = {"create", "experiment", "diff", "judge"})
  void cancelledInAStep_endsTheStepThenDropsAndIsCancelled(String step)
      throws InterruptedException {
    run.world.hangs = step;
    WorkflowStub stub = run.start(spec().build());
    run.world.hanging.await();
    stub.cancel();
    assertThatThrownBy(() -> result(stub))
        .isInstanceOf(WorkflowFailedException.class)
        .hasCauseInstanceOf(CanceledFailure.class);
    assertThat(status(stub).outcome().outcome()).isEqualTo(Outcome.CANCELLED);
    assertThat(run.world.calls).doesNotContain("merge");
  }

  @Test
  void cancelledWhileWaiting_isCancelled() {
    WorkflowStub stub = run.startAndAwaitReview(spec().build());
    stub.cancel();
    assertThatThrownBy(() -> result(stub)).hasCauseInstanceOf(CanceledFailure.class);
    assertThat(run.world.calls).doesNotContain("merge");
  }

  @Test
  void cancelledAfterTheMergeBegan_isMerged() throws InterruptedException {
    run.world.mergeBegun = new CountDownLatch(1);
    run.world.mergeMayEnd = new CountDownLatch(1);
    WorkflowStub stub = run.startAndAwaitReview(spec().build());
    stub.signal("approve", by("ada"));
    run.world.mergeBegun.await();
    stub.cancel();
    run.world.mergeMayEnd.countDown();
    // The SDK closes a workflow as cancelled once cancellation was requested, whatever it returns.
    assertThatThrownBy(() -> result(stub)).hasCauseInstanceOf(CanceledFailure.class);
    assertThat(status(stub).outcome().outcome()).isEqualTo(Outcome.MERGED);
  }

  @Test
  void failingStatement_failsTheWorkflowWithCodeAndPlace() {
    run.world.experimentFails =
        new OffshootException(
            new Failure(ErrorCode.SQL_ERROR, "no column nmae", 2, 14, "42703"), null);
    WorkflowStub stub = run.start(spec().build());
    assertThatThrownBy(() -> result(stub))
        .isInstanceOf(WorkflowFailedException.class)
        .cause()
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> {
              assertThat(failure.getType()).isEqualTo("SQL_ERROR");
              assertThat(failure.getDetails().get(0, Failure.class).position()).isEqualTo(14);
              assertThat(failure.getDetails().get(1, ExperimentOutcome.class).outcome())
                  .isEqualTo(Outcome.FAILED);
            });
    assertThat(status(stub).outcome().failure().statement()).isEqualTo(2);
  }

  @Test
  void invalidSpecification_failsWithEveryProblemAndTouchesNothing() {
    WorkflowStub stub = run.start(spec().goal(" ").ttl(Duration.ZERO).build());
    assertThatThrownBy(() -> result(stub))
        .cause()
        .hasMessageContaining("goal: is missing")
        .hasMessageContaining("ttl: must be longer than zero");
    assertThat(run.world.calls).isEmpty();
  }

  @Test
  void createFailsForGood_stillDeletesWhatMayStand() {
    run.world.createFails = new OffshootException(ErrorCode.PARENT_BUSY, "busy");
    WorkflowStub stub = run.start(spec().build());
    assertThatThrownBy(() -> result(stub)).cause().hasMessageContaining("busy");
    assertThat(run.world.calls).containsExactly("create 1", "drop 1");
  }

  @Test
  void branchThatCannotBeDeleted_isTriedUntilItCan() {
    run.world.dropFailures.set(12);
    WorkflowStub stub = run.startAndAwaitReview(spec().ttl(Duration.ofDays(1)).build());
    stub.signal("reject", by("ada"));
    assertThat(result(stub).outcome()).isEqualTo(Outcome.DROPPED);
  }

  @Test
  void nothingChanged_isDroppedWithoutAskingAnybody() {
    run.world.nothingChanged = true;
    WorkflowStub stub = run.start(spec().build());
    assertThat(result(stub).outcome()).isEqualTo(Outcome.DROPPED);
    assertThat(run.world.calls).doesNotContain("judge");
  }

  @Test
  void autoMerge_mergesWithoutHazardsAndWaitsWithOne() {
    assertThat(result(run.start(spec().autoMerge(true).build())).by()).isEqualTo("policy");

    try (ExperimentRun other = new ExperimentRun("e2")) {
      other.world.hazards =
          List.of(new HazardFinding(Hazard.DELETES_ROWS, Severity.NOTICE, "1 of 10 rows"));
      WorkflowStub waiting = other.startAndAwaitReview(spec().autoMerge(true).build());
      assertThat(other.world.calls).doesNotContain("merge");
      waiting.signal("reject", by("ada"));
      result(waiting);
    }
  }

  @Test
  void requesterAndWrongDigestAndUnnamedHazard_areRefusedAndKept() {
    run.world.hazards = List.of(new HazardFinding(Hazard.DROPS_COLUMN, Severity.NEEDS_NAME, "t.v"));
    WorkflowStub stub = run.startAndAwaitReview(spec().build());

    stub.signal("approve", by(" AGENT-7​"));
    stub.signal(
        "approve", new DecisionRequest("ada", "ok", "b".repeat(64), List.of("DROPS_COLUMN")));
    stub.signal("approve", by("ada"));
    stub.signal(
        "approve", new DecisionRequest("ada", "ok", null, List.of("DROPS_COLUMN", "NO_SUCH")));
    ExperimentStatus status = awaitStatus(stub, s -> s.decisions().size() == 4);
    assertThat(status.decisions()).noneMatch(Decision::accepted);
    assertThat(status.decisions())
        .extracting(Decision::refusal)
        .satisfiesExactly(
            r -> assertThat(r).contains("cannot approve it"),
            r -> assertThat(r).contains("not the change set under review"),
            r -> assertThat(r).contains("needs DROPS_COLUMN"),
            r -> assertThat(r).contains("no hazard NO_SUCH"));

    stub.signal(
        "approve", new DecisionRequest("ada", "ok", FakeSteps.DIGEST, List.of("DROPS_COLUMN")));
    assertThat(result(stub).outcome()).isEqualTo(Outcome.MERGED);
  }

  @Test
  void emptyMalformedAndEarlySignals_doNotHurt() {
    WorkflowStub stub = run.stub();
    stub.signalWithStart("approve", new Object[] {by("ada")}, new Object[] {spec().build()});
    awaitStatus(stub, s -> s.stage() == Stage.AWAITING_DECISION);
    stub.signal("approve", (Object) null);
    stub.signal("approve");
    stub.signal("approve", Map.of("by", "ada", "acceptHazards", "x", "extra", 1, "digest", "nope"));
    awaitStatus(stub, s -> s.decisions().size() == 4);
    assertThat(status(stub).decisions()).noneMatch(Decision::accepted);
    assertThat(status(stub).decisions().get(0).refusal()).contains("too early");
    stub.signal("approve", by("ada"));
    assertThat(result(stub).outcome()).isEqualTo(Outcome.MERGED);
  }

  @Test
  void decideUpdate_answersTheLoserToo() {
    WorkflowStub stub = run.startAndAwaitReview(spec().build());
    assertThatThrownBy(
            () ->
                stub.update(
                    "decide",
                    Decision.class,
                    new DecideRequest(Decision.Kind.APPROVE, by("agent-7"))))
        .rootCause()
        .hasMessageContaining("cannot approve it");
    Decision decision =
        stub.update("decide", Decision.class, new DecideRequest(Decision.Kind.APPROVE, by("ada")));
    assertThat(decision.digest()).isEqualTo(FakeSteps.DIGEST);
    assertThat(result(stub).outcome()).isEqualTo(Outcome.MERGED);
  }

  @Test
  void conflict_endsConflicted_orAsksAgain() {
    run.world.mergeResults.add(conflict());
    WorkflowStub stub = run.startAndAwaitReview(spec().onConflict(OnConflict.ASK).build());
    stub.signal("approve", by("ada"));
    awaitStatus(stub, s -> s.stage() == Stage.AWAITING_DECISION && s.conflicts() != null);
    stub.signal("approve", by("ada"));
    assertThat(result(stub).outcome()).isEqualTo(Outcome.MERGED);

    try (ExperimentRun other = new ExperimentRun("e3")) {
      other.world.mergeResults.add(conflict());
      WorkflowStub dropped = other.startAndAwaitReview(spec().build());
      dropped.signal("approve", by("ada"));
      ExperimentOutcome outcome = result(dropped);
      assertThat(outcome.outcome()).isEqualTo(Outcome.CONFLICTED);
      assertThat(outcome.conflicts().total()).isEqualTo(1);
    }
  }

  @Test
  void rebase_keepsTheApprovalOnlyForTheSameDigest() {
    run.world.mergeResults.add(conflict());
    run.world.mergeResults.add(conflict());
    run.world.digests.addAll(List.of("1".repeat(64), "1".repeat(64), "2".repeat(64)));
    WorkflowStub stub = run.startAndAwaitReview(spec().onConflict(OnConflict.REBASE).build());
    stub.signal("approve", by("ada"));

    awaitStatus(
        stub, s -> s.stage() == Stage.AWAITING_DECISION && s.changes().digest().startsWith("2"));
    assertThat(run.world.calls).filteredOn("merge"::equals).hasSize(2);
    stub.signal("approve", by("ada"));
    assertThat(result(stub).digest()).startsWith("2");
    assertThat(run.world.calls).contains("create 3").doesNotContain("create 4");
  }

  private static MergeResult conflict() {
    return MergeResult.conflicted(
        new ConflictReport(
            1,
            List.of(
                new Conflict(
                    Conflict.Kind.UPDATE_UPDATE,
                    null,
                    List.of("1"),
                    null,
                    "a",
                    "b",
                    "c",
                    "changed on both sides"))));
  }
}
