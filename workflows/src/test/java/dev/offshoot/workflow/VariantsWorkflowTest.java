package dev.offshoot.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.domain.ApprovalRule;
import dev.offshoot.domain.AuditRecord;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.Conflict;
import dev.offshoot.domain.ConflictReport;
import dev.offshoot.domain.DecideRequest;
import dev.offshoot.domain.Decision;
import dev.offshoot.domain.DecisionRequest;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ExperimentSpecBuilder;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.Hazard;
import dev.offshoot.domain.HazardFinding;
import dev.offshoot.domain.MergeResult;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.OnConflict;
import dev.offshoot.domain.Outcome;
import dev.offshoot.domain.PickRequest;
import dev.offshoot.domain.Ranking;
import dev.offshoot.domain.Severity;
import dev.offshoot.domain.Stage;
import dev.offshoot.domain.Variant;
import dev.offshoot.domain.VariantStatus;
import dev.offshoot.domain.VariantsOutcome;
import dev.offshoot.domain.VariantsSpec;
import dev.offshoot.domain.VariantsStatus;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.failure.CanceledFailure;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several ways of one thing, of which at most one is merged. */
@Timeout(60)
class VariantsWorkflowTest {
  private static final BranchRef STEM = new BranchRef(new ExperimentId("g"), 1, "shop");

  private final ExperimentRun run = new ExperimentRun("g-1");

  @AfterEach
  void everyEndLeavesNothingBehind() {
    assertThat(run.world.standing).isEmpty();
    assertThat(run.world.stems).isEmpty();
    run.close();
  }

  private static ExperimentSpecBuilder shared() {
    return ExperimentSpec.builder()
        .goal("fix the row")
        .parent("shop")
        .requestedBy("agent-0")
        .ttl(Duration.ofHours(1));
  }

  private static VariantsSpec group(ExperimentSpec shared, String... statements) {
    return new VariantsSpec(
        shared,
        Arrays.stream(statements)
            .map(sql -> new Variant(null, List.of(sql), null, null, null, null))
            .toList());
  }

  private WorkflowStub start(VariantsSpec spec) {
    WorkflowStub stub =
        run.temporal
            .getWorkflowClient()
            .newUntypedWorkflowStub(
                "Variants",
                WorkflowOptions.newBuilder()
                    .setWorkflowId("variants-g")
                    .setTaskQueue(OffshootNames.TASK_QUEUE)
                    .build());
    stub.start(spec);
    return stub;
  }

  private WorkflowStub startAndAwaitAll(VariantsSpec spec) {
    WorkflowStub stub = start(spec);
    await(
        stub,
        group ->
            group.ranking() != null
                && group.stage() == Stage.AWAITING_DECISION
                && group.variants().stream()
                    .allMatch(each -> each.awaitsDecision() || each.ended() != null));
    return stub;
  }

  private static VariantsStatus status(WorkflowStub stub) {
    return stub.query("variants", VariantsStatus.class);
  }

  private static VariantsStatus await(WorkflowStub stub, Predicate<VariantsStatus> wanted) {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (System.nanoTime() < end) {
      VariantsStatus status = status(stub);
      if (wanted.test(status)) {
        return status;
      }
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    throw new AssertionError("never came: " + status(stub));
  }

  private WorkflowStub variant(int number) {
    return run.temporal.getWorkflowClient().newUntypedWorkflowStub("experiment-g-" + number);
  }

  private static PickRequest pick(String variant, String by) {
    return PickRequest.of(variant, new DecisionRequest(by, "looked at all", null, null));
  }

  private static VariantsOutcome result(WorkflowStub stub) {
    return stub.getResult(VariantsOutcome.class);
  }

  private static List<Outcome> ends(VariantsOutcome outcome) {
    return outcome.variants().stream()
        .map(each -> Objects.requireNonNull(each.ended()).outcome())
        .toList();
  }

  @Test
  void picked_isMerged_andTheOthersAreDropped() {
    WorkflowStub stub = startAndAwaitAll(group(shared().build(), "A", "B", "C"));
    assertThat(run.world.calls).doesNotContain("merge");

    stub.signal("pick", pick("2", "ada"));

    VariantsOutcome outcome = result(stub);
    assertThat(outcome.outcome()).isEqualTo(Outcome.MERGED);
    assertThat(outcome.merged()).isEqualTo(2);
    assertThat(outcome.by()).isEqualTo("ada");
    assertThat(outcome.digest()).isEqualTo("2".repeat(64));
    assertThat(ends(outcome)).containsExactly(Outcome.DROPPED, Outcome.MERGED, Outcome.DROPPED);
    assertThat(run.world.calls).filteredOn("merge"::equals).hasSize(1);
    VariantStatus.End other = Objects.requireNonNull(outcome.variants().get(0).ended());
    assertThat(other.by()).isEqualTo("ada");
    assertThat(other.why()).isEqualTo("variant 2 was merged instead");
    assertThat(status(stub).outcome()).isEqualTo(outcome);
  }

  @Test
  void allBranches_areMadeOfOneStem_whichGoesOnceEveryChangeSetIsFrozen() {
    WorkflowStub stub = startAndAwaitAll(group(shared().build(), "A", "B", "C"));

    assertThat(run.world.grownFrom).containsExactly(STEM, STEM, STEM);
    await(stub, group -> run.world.stems.isEmpty());
    assertThat(run.world.calls).startsWith("stem").contains("drop stem");
    stub.signal("pick", pick("none", "ada"));
    assertThat(result(stub).outcome()).isEqualTo(Outcome.DROPPED);
  }

  @Test
  void stemStands_whileAVariantIsAtWork() throws InterruptedException {
    WorkflowStub stub = start(group(shared().build(), "A", "HANG"));
    await(stub, group -> group.variants().get(0).awaitsDecision());
    run.world.hanging.await();
    assertThat(run.world.stems).containsExactly(STEM);

    stub.signal("pick", pick("1", "ada"));

    VariantsOutcome outcome = result(stub);
    assertThat(outcome.merged()).isEqualTo(1);
    assertThat(ends(outcome)).containsExactly(Outcome.MERGED, Outcome.DROPPED);
  }

  @Test
  void pickByUpdate_answersWithTheDecision_andByNameOrId() {
    VariantsSpec spec =
        new VariantsSpec(
            shared().build(),
            List.of(
                new Variant("slow", List.of("A"), null, null, null, null),
                new Variant("Fast one", List.of("B"), null, null, null, null)));
    WorkflowStub stub = startAndAwaitAll(spec);
    Decision decision = stub.update("decide", Decision.class, pick("fast ONE", "ada"));

    assertThat(decision.settles()).isTrue();
    assertThat(decision.digest()).isEqualTo("2".repeat(64));
    assertThat(decision.channel()).isEqualTo(Decision.Channel.GROUP);
    assertThat(result(stub).merged()).isEqualTo(2);
  }

  @Test
  void comparison_hasWhatEachWouldMerge_andTheOrder() {
    run.world.hazardsOf.put(
        "A", List.of(new HazardFinding(Hazard.DELETES_ROWS, Severity.NOTICE, "t: 1 of 10 rows")));
    WorkflowStub stub = startAndAwaitAll(group(shared().build(), "A", "B"));

    VariantsStatus status = status(stub);

    assertThat(Objects.requireNonNull(status.ranking()).order()).containsExactly(2, 1);
    assertThat(status.variants())
        .extracting(each -> each.report().proposal().hazards().size())
        .containsExactly(1, 0);
    assertThat(status.variants())
        .extracting(each -> each.report().proposal().updated())
        .containsExactly(1L, 1L);
    stub.signal("pick", pick("none", "ada"));
    assertThat(ends(result(stub))).containsExactly(Outcome.DROPPED, Outcome.DROPPED);
  }

  @Test
  void approvalOfOneAlone_isRefused_andSaysWhereToPick() {
    WorkflowStub stub = startAndAwaitAll(group(shared().build(), "A", "B"));

    variant(1).signal("approve", new DecisionRequest("ada", "fine", null, null));
    assertThatThrownBy(
            () ->
                variant(2)
                    .update(
                        "decide",
                        Decision.class,
                        new DecideRequest(
                            Decision.Kind.APPROVE, new DecisionRequest("ada", "fine", null, null))))
        .isInstanceOf(WorkflowUpdateException.class)
        .hasStackTraceContaining("./offshoot experiment pick g 2");

    ExperimentStatus status = ExperimentRun.awaitStatus(variant(1), s -> !s.decisions().isEmpty());
    assertThat(status.decisions().get(0).refusal()).contains("./offshoot experiment pick g 1");
    assertThat(status.stage()).isEqualTo(Stage.AWAITING_DECISION);
    assertThat(status.group()).isEqualTo(new ExperimentId("g"));
    assertThat(run.world.calls).doesNotContain("merge");
    stub.signal("pick", pick("none", "ada"));
    assertThat(result(stub).outcome()).isEqualTo(Outcome.DROPPED);
  }

  @Test
  void variantRejectedByItself_leavesTheOthers() {
    WorkflowStub stub = startAndAwaitAll(group(shared().build(), "A", "B"));
    variant(1).signal("reject", new DecisionRequest("rita", "wrong", null, null));
    await(stub, group -> group.variants().get(0).ended() != null);

    assertThatThrownBy(() -> stub.update("decide", Decision.class, pick("1", "ada")))
        .hasStackTraceContaining("variant: 1 has ended (DROPPED)");
    stub.signal("pick", pick("2", "ada"));

    assertThat(ends(result(stub))).containsExactly(Outcome.DROPPED, Outcome.MERGED);
  }

  @Test
  void mergeThatMeetsConflicts_leavesTheOthers_andAnotherCanBePicked() {
    run.world.mergeResults.add(MergeResult.conflicted(conflict()));
    WorkflowStub stub = startAndAwaitAll(group(shared().build(), "A", "B"));

    stub.signal("pick", pick("1", "ada"));
    VariantsStatus after =
        await(stub, group -> group.variants().get(0).ended() != null && group.picked() == null);
    assertThat(after.variants().get(1).awaitsDecision()).isTrue();
    assertThat(after.outcome()).isNull();
    stub.signal("pick", pick("2", "ada"));

    VariantsOutcome outcome = result(stub);
    assertThat(outcome.merged()).isEqualTo(2);
    assertThat(ends(outcome)).containsExactly(Outcome.CONFLICTED, Outcome.MERGED);
  }

  @Test
  void conflictsThatAreAskedAbout_canBeResolvedByAnotherPick_orAnotherVariantPicked() {
    run.world.mergeResults.add(MergeResult.conflicted(conflict()));
    WorkflowStub stub =
        startAndAwaitAll(group(shared().onConflict(OnConflict.ASK).build(), "A", "B"));

    stub.signal("pick", pick("1", "ada"));
    VariantsStatus again =
        await(
            stub,
            group ->
                group.picked() == null
                    && group.variants().get(0).awaitsDecision()
                    && group.variants().get(0).report().proposal().conflicts() == 1);
    assertThat(again.stage()).isEqualTo(Stage.AWAITING_DECISION);
    stub.signal("pick", pick("1", "ada"));

    assertThat(ends(result(stub))).containsExactly(Outcome.MERGED, Outcome.DROPPED);
  }

  @Test
  void whoeverAskedForAnyOfThem_cannotPick() {
    VariantsSpec spec =
        new VariantsSpec(
            shared().build(),
            List.of(
                new Variant(null, List.of("A"), null, null, "agent-1", null),
                new Variant(null, List.of("B"), null, null, "agent-2", null)));
    WorkflowStub stub = startAndAwaitAll(spec);

    for (String name : List.of("agent-0", "Agent-1", "agent-2 ")) {
      assertThatThrownBy(() -> stub.update("decide", Decision.class, pick("1", name)))
          .as(name)
          .hasStackTraceContaining("cannot pick; somebody else must");
    }
    stub.signal("pick", pick("1", "AGENT-2"));
    await(stub, group -> !group.decisions().isEmpty());
    assertThat(status(stub).decisions().get(0).refusal()).contains("cannot pick");
    stub.signal("pick", pick("none", "agent-2"));
    assertThat(result(stub).outcome()).isEqualTo(Outcome.DROPPED);
  }

  @Test
  void secondPickWhileTheFirstIsMerged_isRefused() throws InterruptedException {
    run.world.mergeBegun = new CountDownLatch(1);
    run.world.mergeMayEnd = new CountDownLatch(1);
    WorkflowStub stub = startAndAwaitAll(group(shared().build(), "A", "B"));
    stub.signal("pick", pick("1", "ada"));
    Objects.requireNonNull(run.world.mergeBegun).await();
    // The variant merges as soon as it has agreed; the group hears of it a moment later.
    await(stub, group -> group.stage() == Stage.MERGING);

    assertThatThrownBy(() -> stub.update("decide", Decision.class, pick("2", "rita")))
        .hasStackTraceContaining("too late: variant 1 was picked and is being merged");
    stub.signal("pick", pick("2", "rita"));
    stub.signal("pick", pick("none", "rita"));
    await(stub, group -> group.decisions().size() == 3);
    Objects.requireNonNull(run.world.mergeMayEnd).countDown();

    VariantsOutcome outcome = result(stub);
    assertThat(outcome.merged()).isEqualTo(1);
    assertThat(run.world.calls).filteredOn("merge"::equals).hasSize(1);
  }

  @Test
  void twoPicksAtOnce_mergeOne() {
    WorkflowStub stub = startAndAwaitAll(group(shared().build(), "A", "B"));

    stub.signal("pick", pick("1", "ada"));
    stub.signal("pick", pick("2", "rita"));

    VariantsOutcome outcome = result(stub);
    assertThat(ends(outcome)).containsExactlyInAnyOrder(Outcome.MERGED, Outcome.DROPPED);
    assertThat(run.world.calls).filteredOn("merge"::equals).hasSize(1);
  }

  @Test
  void hazardThatNeedsTwo_isPickedByTwoPeople() {
    run.world.hazards =
        List.of(new HazardFinding(Hazard.DROPS_TABLE, Severity.NEEDS_NAME, "public.t"));
    run.world.approval = new ApprovalRule(List.of(), Map.of(Hazard.DROPS_TABLE, 2));
    WorkflowStub stub = startAndAwaitAll(group(shared().build(), "A", "B"));
    DecisionRequest ada = new DecisionRequest("ada", "yes", null, List.of("DROPS_TABLE"));
    DecisionRequest rita = new DecisionRequest("rita", "yes", null, List.of("DROPS_TABLE"));

    assertThatThrownBy(() -> stub.update("decide", Decision.class, pick("1", "ada")))
        .hasStackTraceContaining("DROPS_TABLE to be named");
    Decision first = stub.update("decide", Decision.class, PickRequest.of("1", ada));
    Decision same = stub.update("decide", Decision.class, PickRequest.of("1", ada));
    Decision second = stub.update("decide", Decision.class, PickRequest.of("1", rita));

    assertThat(first.stillNeeded()).isEqualTo(1);
    assertThat(same.refusal()).contains("has approved already");
    assertThat(second.settles()).isTrue();
    assertThat(result(stub).merged()).isEqualTo(1);
  }

  @Test
  void autoMerge_picksTheJudgesFirst_ifItHasNoHazards() {
    run.world.hazardsOf.put(
        "A", List.of(new HazardFinding(Hazard.DELETES_ROWS, Severity.NOTICE, "t: 1 of 10 rows")));
    WorkflowStub stub = start(group(shared().autoMerge(true).build(), "A", "B"));

    VariantsOutcome outcome = result(stub);

    assertThat(outcome.merged()).isEqualTo(2);
    assertThat(outcome.by()).isEqualTo("policy");
    assertThat(outcome.why()).contains("first of 2, no hazards");
  }

  @Test
  void autoMergeWhereEveryOneHasHazards_waitsForAPerson() {
    run.world.hazards =
        List.of(new HazardFinding(Hazard.DELETES_ROWS, Severity.NOTICE, "t: 1 of 10 rows"));
    WorkflowStub stub = startAndAwaitAll(group(shared().autoMerge(true).build(), "A", "B"));
    assertThat(run.world.calls).doesNotContain("merge");
    stub.signal("pick", pick("1", "ada"));
    assertThat(result(stub).merged()).isEqualTo(1);
  }

  @Test
  void failedVariant_isShown_andTheOthersGoOn() {
    WorkflowStub stub = startAndAwaitAll(group(shared().build(), "FAIL this", "B"));
    VariantStatus.End end = Objects.requireNonNull(status(stub).variants().get(0).ended());
    assertThat(end.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(end.why()).isEqualTo("cannot FAIL this");
    assertThat(run.world.calls).filteredOn(call -> call.startsWith("rank")).isEmpty();
    stub.signal("pick", pick("2", "ada"));
    assertThat(result(stub).merged()).isEqualTo(2);
  }

  @Test
  void groupOfWhichEveryOneFails_isAFailedWorkflow_ofThatType() {
    WorkflowStub stub = start(group(shared().build(), "FAIL a", "FAIL b"));

    assertThatThrownBy(() -> result(stub))
        .isInstanceOf(WorkflowFailedException.class)
        .extracting(Failures::fromTemporal)
        .satisfies(
            failure -> {
              assertThat(failure.code()).isEqualTo(ErrorCode.SQL_ERROR);
              assertThat(failure.message())
                  .isEqualTo("every variant failed; variant 1: cannot FAIL a");
            });
    assertThat(Objects.requireNonNull(status(stub).outcome()).outcome()).isEqualTo(Outcome.FAILED);
  }

  @Test
  void nobodyPicks_allExpire() {
    WorkflowStub stub = start(group(shared().build(), "A", "B"));

    VariantsOutcome outcome = result(stub);

    assertThat(outcome.outcome()).isEqualTo(Outcome.EXPIRED);
    assertThat(ends(outcome)).containsExactly(Outcome.EXPIRED, Outcome.EXPIRED);
  }

  @Test
  void cancelled_cancelsEveryVariant() {
    WorkflowStub stub = startAndAwaitAll(group(shared().build(), "A", "B"));

    stub.cancel();

    assertThatThrownBy(() -> result(stub)).hasRootCauseInstanceOf(CanceledFailure.class);
    VariantsOutcome outcome = Objects.requireNonNull(status(stub).outcome());
    assertThat(outcome.outcome()).isEqualTo(Outcome.CANCELLED);
    assertThat(ends(outcome)).containsExactly(Outcome.CANCELLED, Outcome.CANCELLED);
  }

  @Test
  void noRoomForTheStem_isWaitedFor() {
    run.world.full.set(2);
    WorkflowStub stub = startAndAwaitAll(group(shared().build(), "A", "B"));
    assertThat(status(stub).timeline())
        .extracting(event -> event.what())
        .anyMatch(what -> what.startsWith("waiting for room: place 1 of 1"));
    stub.signal("pick", pick("1", "ada"));
    assertThat(result(stub).merged()).isEqualTo(1);
  }

  @Test
  void stemThatCannotBeMade_failsTheGroup_beforeAnyVariantBegins() {
    run.world.createFails = new OffshootException(ErrorCode.PARENT_BUSY, "somebody is connected");
    WorkflowStub stub = start(group(shared().build(), "A", "B"));

    assertThatThrownBy(() -> result(stub))
        .extracting(Failures::fromTemporal)
        .extracting(failure -> failure.code())
        .isEqualTo(ErrorCode.PARENT_BUSY);
    assertThat(run.world.calls).containsExactly("stem", "drop stem");
    assertThat(run.world.audits).hasSize(1);
  }

  @Test
  void badSpecification_failsWithEveryProblem_andMakesNothing() {
    WorkflowStub stub = start(group(ExperimentSpec.builder().goal("x").build(), "A"));

    assertThatThrownBy(() -> result(stub))
        .extracting(Failures::fromTemporal)
        .extracting(failure -> failure.message())
        .asString()
        .contains("variants: has 1", "shared.parent: is missing");
    assertThat(run.world.calls).isEmpty();
  }

  @Test
  void judgeThatCannotRank_leavesThePolicysOrder() {
    run.world.rankFails = new OffshootException(ErrorCode.BAD_SPEC, "no");
    WorkflowStub stub = startAndAwaitAll(group(shared().build(), "A", "B"));
    Ranking ranking = Objects.requireNonNull(status(stub).ranking());
    assertThat(ranking.by()).isEqualTo("policy");
    assertThat(ranking.order()).containsExactly(1, 2);
    stub.signal("pick", pick("none", "ada"));
    assertThat(result(stub).outcome()).isEqualTo(Outcome.DROPPED);
  }

  @Test
  void oddMessages_leaveTheGroupHealthy() {
    WorkflowStub stub = startAndAwaitAll(group(shared().build(), "A", "B"));

    stub.signal("pick", (Object) null);
    stub.signal("pick", "2");
    stub.signal("pick", Map.of("variant", List.of(1), "by", 7, "digest", Map.of()));
    stub.signal("pick", pick("9", "ada"));
    stub.signal("pick", pick("x".repeat(1_000_000), "ada"));
    stub.signal("pick", PickRequest.of("1", new DecisionRequest("ada", "r", "not this one", null)));
    stub.signal("report", (Object) null);
    stub.signal(
        "report", Map.of("number", 77, "stage", "CLOSED", "deadline", "2030-01-01T00:00:00Z"));
    variant(1).signal("decideInGroup", (Object) null);

    VariantsStatus status = await(stub, group -> group.decisions().size() == 6);
    assertThat(status.decisions()).noneMatch(Decision::accepted);
    assertThat(status.decisions())
        .extracting(Decision::refusal)
        .anyMatch(why -> why.contains("variant: is missing"))
        .anyMatch(why -> why.contains("there is none called '9'"))
        .anyMatch(why -> why.startsWith("digest: not this one is not the change set"));
    stub.signal("pick", pick("1", "ada"));
    assertThat(result(stub).merged()).isEqualTo(1);
  }

  @Test
  void group_hasAnAuditRecord_besidesThoseOfItsVariants() {
    WorkflowStub stub = startAndAwaitAll(group(shared().build(), "A", "B"));
    stub.signal("pick", pick("2", "ada"));
    assertThat(result(stub).merged()).isEqualTo(2);

    assertThat(run.world.audits)
        .extracting(AuditRecord::experiment)
        .containsExactlyInAnyOrder("g", "g-1", "g-2");
    AuditRecord record =
        run.world.audits.stream().filter(each -> each.experiment().equals("g")).findFirst().get();
    assertThat(record.outcome().outcome()).isEqualTo(Outcome.MERGED);
    assertThat(record.digest()).isEqualTo("2".repeat(64));
    assertThat(record.decisions()).extracting(Decision::by).containsExactly("ada");
    assertThat(record.workflowId()).isEqualTo("variants-g");
  }

  private static ConflictReport conflict() {
    return new ConflictReport(
        1,
        List.of(
            new Conflict(
                Conflict.Kind.UPDATE_UPDATE, null, List.of("1"), "v", "a", "b", "c", "both")),
        List.of(),
        "f1");
  }
}
