package dev.offshoot.workflow;

import static dev.offshoot.workflow.ExperimentRun.awaitStatus;
import static dev.offshoot.workflow.ExperimentRun.by;
import static dev.offshoot.workflow.ExperimentRun.result;
import static dev.offshoot.workflow.ExperimentRun.spec;
import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.domain.ApprovalRule;
import dev.offshoot.domain.Decision;
import dev.offshoot.domain.DecisionRequest;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.Hazard;
import dev.offshoot.domain.HazardFinding;
import dev.offshoot.domain.MergeResult;
import dev.offshoot.domain.OnConflict;
import dev.offshoot.domain.Outcome;
import dev.offshoot.domain.ResolveRequest;
import dev.offshoot.domain.Severity;
import dev.offshoot.domain.Stage;
import io.temporal.client.WorkflowStub;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A hazard that two different people must approve. */
@Timeout(60)
class SeveralApprovalsTest {
  private final ExperimentRun run = new ExperimentRun("s1");

  @BeforeEach
  void twoMustApprove() {
    run.world.hazards = List.of(new HazardFinding(Hazard.DROPS_TABLE, Severity.NOTICE, "t"));
    run.world.approval = new ApprovalRule(null, Map.of(Hazard.DROPS_TABLE, 2));
  }

  @AfterEach
  void everyEndLeavesNothingBehind() {
    assertThat(run.world.standing).isEmpty();
    run.close();
  }

  @Test
  void hazardThatTwoMustApprove_isMergedByTwoDifferentPeople() {
    run.world.approval = new ApprovalRule(List.of("ada", "bob"), Map.of(Hazard.DROPS_TABLE, 2));
    WorkflowStub stub = run.startAndAwaitReview(spec().autoMerge(true).build());

    stub.signal("approve", by("ada"));
    stub.signal("approve", by("Ada "));
    stub.signal("approve", by("eve"));
    ExperimentStatus status = awaitStatus(stub, s -> s.decisions().size() == 3);
    assertThat(status.stage()).isEqualTo(Stage.AWAITING_DECISION);
    assertThat(status.decisions().get(0).stillNeeded()).isEqualTo(1);
    assertThat(status.decisions())
        .extracting(Decision::refusal)
        .satisfiesExactly(
            none -> assertThat(none).isNull(),
            again -> assertThat(again).contains("has approved already"),
            outsider -> assertThat(outsider).contains("not among those who may approve"));
    assertThat(run.world.calls).doesNotContain("merge");

    stub.signal("approve", by("bob"));
    assertThat(result(stub).outcome()).isEqualTo(Outcome.MERGED);
    assertThat(result(stub).by()).isEqualTo("bob");
  }

  @Test
  void oneNo_amongTwoThatMustApprove_drops() {
    WorkflowStub stub = run.startAndAwaitReview(spec().build());

    stub.signal("approve", by("ada"));
    stub.signal("reject", by("bob"));

    assertThat(result(stub).outcome()).isEqualTo(Outcome.DROPPED);
    assertThat(run.world.calls).doesNotContain("merge");
  }

  @Test
  void conflictsAfterBothApproved_beginTheCountAnew() {
    run.world.mergeResults.add(MergeResult.conflicted(ConflictResolutionTest.report("f1")));
    WorkflowStub stub = run.startAndAwaitReview(spec().onConflict(OnConflict.ASK).build());
    stub.signal("approve", by("ada"));
    stub.signal("approve", by("bob"));
    awaitStatus(stub, SeveralApprovalsTest::isAskedAboutConflicts);

    stub.signal("approve", by("bob"));
    ExperimentStatus asked = awaitStatus(stub, s -> s.decisions().size() == 3);
    assertThat(asked.decisions())
        .last()
        .matches(kept -> Integer.valueOf(1).equals(kept.stillNeeded()));
    stub.signal("approve", by("ada"));

    assertThat(result(stub).outcome()).isEqualTo(Outcome.MERGED);
  }

  @Test
  void resolutionOfTheLast_isAnotherChangeSet_whichBothMustApprove() {
    run.world.mergeResults.add(MergeResult.conflicted(ConflictResolutionTest.report("f1")));
    WorkflowStub stub = run.startAndAwaitReview(spec().onConflict(OnConflict.ASK).build());
    stub.signal("approve", by("ada"));
    stub.signal("approve", by("bob"));
    awaitStatus(stub, SeveralApprovalsTest::isAskedAboutConflicts);

    stub.signal("approve", by("ada"));
    stub.signal(
        "approve",
        new DecisionRequest(
            "bob", "mine", null, null, List.of(new ResolveRequest(null, null, "BRANCH"))));
    ExperimentStatus asked =
        awaitStatus(
            stub,
            s ->
                s.stage() == Stage.AWAITING_DECISION
                    && s.changes() != null
                    && s.changes().digest().equals(FakeSteps.RESOLVED));
    assertThat(asked.decisions())
        .last()
        .matches(kept -> String.valueOf(kept.refusal()).contains("which 2 people must approve"));
    assertThat(run.world.calls).filteredOn("merge"::equals).hasSize(1);

    stub.signal("approve", by("ada"));
    stub.signal("approve", by("bob"));
    assertThat(result(stub).digest()).isEqualTo(FakeSteps.RESOLVED);
  }

  private static boolean isAskedAboutConflicts(ExperimentStatus status) {
    return status.conflicts() != null && status.stage() == Stage.AWAITING_DECISION;
  }
}
