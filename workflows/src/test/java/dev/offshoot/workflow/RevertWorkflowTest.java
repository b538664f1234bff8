package dev.offshoot.workflow;

import static dev.offshoot.workflow.ExperimentRun.by;
import static dev.offshoot.workflow.ExperimentRun.result;
import static dev.offshoot.workflow.ExperimentRun.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.domain.Conflict;
import dev.offshoot.domain.ConflictReport;
import dev.offshoot.domain.DecisionRequest;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentOutcome;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ExtendTtlRequest;
import dev.offshoot.domain.MergeResult;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.OnConflict;
import dev.offshoot.domain.Outcome;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A revert goes through the same gate, without a branch. */
@Timeout(60)
class RevertWorkflowTest {
  private final ExperimentRun run = new ExperimentRun("undo");

  @AfterEach
  void close() {
    run.close();
  }

  private static ExperimentSpec spec(OnConflict onConflict) {
    return ExperimentSpec.builder()
        .goal("the tiers were wrong")
        .parent("shop")
        .requestedBy("ops")
        .onConflict(onConflict)
        .reverts("merged")
        .build();
  }

  @Test
  void approved_isReverted_withoutABranch() {
    WorkflowStub stub = run.startAndAwaitReview(spec(OnConflict.DROP));
    stub.signal("approve", by("ops"));
    assertThat(status(stub).decisions()).hasSize(1).allMatch(decision -> !decision.accepted());

    stub.signal("approve", new DecisionRequest("ada", "right", FakeSteps.DIGEST, null));

    ExperimentOutcome outcome = result(stub);
    assertThat(outcome.outcome()).isEqualTo(Outcome.REVERTED);
    assertThat(outcome.by()).isEqualTo("ada");
    assertThat(run.world.calls)
        .containsExactly("compute revert of merged", "judge", "merge", "end REVERTED");
    assertThat(status(stub).branch()).isNull();
  }

  @Test
  void extended_movesTheEndThatTheLedgerKeepsOthersAwayUntil() {
    WorkflowStub stub = run.startAndAwaitReview(spec(OnConflict.DROP));

    Instant deadline =
        stub.update("extendTtl", Instant.class, new ExtendTtlRequest("ada", Duration.ofHours(5)));
    stub.signal("reject", by("ada"));
    assertThat(result(stub).outcome()).isEqualTo(Outcome.DROPPED);

    assertThat(run.world.calls)
        .containsExactly(
            "compute revert of merged", "judge", "extend revert to " + deadline, "end DROPPED");
  }

  @Test
  void rejected_isDropped_andItsEndIsNoted() {
    WorkflowStub stub = run.startAndAwaitReview(spec(OnConflict.DROP));
    stub.signal("reject", by("ada"));

    assertThat(result(stub).outcome()).isEqualTo(Outcome.DROPPED);
    assertThat(run.world.calls).containsExactly("compute revert of merged", "judge", "end DROPPED");
  }

  @Test
  void conflicts_writeNothing_andNameWhatWasMergedLater() {
    run.world.mergeResults.add(
        MergeResult.conflicted(
            new ConflictReport(
                1,
                List.of(
                    new Conflict(
                        Conflict.Kind.UPDATE_UPDATE,
                        null,
                        List.of(),
                        null,
                        null,
                        null,
                        null,
                        "edited")))));
    WorkflowStub stub = run.startAndAwaitReview(spec(OnConflict.DROP));
    stub.signal("approve", by("ada"));

    ExperimentOutcome outcome = result(stub);
    assertThat(outcome.outcome()).isEqualTo(Outcome.CONFLICTED);
    assertThat(outcome.why()).contains("merged later into the same tables: newer");
    assertThat(run.world.calls).endsWith("end CONFLICTED");
  }

  @Test
  void refusedRevert_isAFailedWorkflow_withItsReason() {
    run.world.revertFails =
        new OffshootException(ErrorCode.REVERT_REFUSED, "it has been reverted already, by x");
    WorkflowStub stub = run.start(spec(OnConflict.DROP));

    assertThatThrownBy(() -> result(stub)).isInstanceOf(WorkflowFailedException.class);
    assertThat(status(stub).outcome().failure().code()).isEqualTo(ErrorCode.REVERT_REFUSED);
    assertThat(run.world.calls).containsExactly("compute revert of merged", "end FAILED");
  }
}
