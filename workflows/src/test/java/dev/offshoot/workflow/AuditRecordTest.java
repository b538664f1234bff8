package dev.offshoot.workflow;

import static dev.offshoot.workflow.ExperimentRun.by;
import static dev.offshoot.workflow.ExperimentRun.result;
import static dev.offshoot.workflow.ExperimentRun.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.domain.AuditRecord;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.Outcome;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is kept of an experiment, however it ends. */
@Timeout(60)
class AuditRecordTest {
  private final ExperimentRun run = new ExperimentRun("audited");

  @AfterEach
  void close() {
    run.close();
  }

  @Test
  void merged_hasWhoAskedWhatWasDoneWhoDecidedAndTheReceipt() {
    WorkflowStub stub = run.startAndAwaitReview(spec().build());
    stub.signal("approve", by("agent-7"));
    stub.signal("approve", by("ada"));
    var unused = result(stub);

    AuditRecord record = theOne();
    assertThat(record.experiment()).isEqualTo("audited");
    assertThat(record.runId()).isEqualTo(stub.getExecution().getRunId());
    assertThat(record.requestedBy()).isEqualTo("agent-7");
    assertThat(record.spec().statements()).containsExactly("UPDATE t SET v = 'new' WHERE id = 1");
    assertThat(record.statements())
        .extracting(AuditRecord.Statement::rowsAffected)
        .containsExactly(1L);
    assertThat(record.digest()).isEqualTo(FakeSteps.DIGEST);
    assertThat(record.tables()).hasSize(1);
    assertThat(record.judgement().verdict().by()).isEqualTo("policy");
    assertThat(record.decisions())
        .extracting(decision -> decision.by() + " " + decision.accepted())
        .containsExactly("agent-7 false", "ada true");
    assertThat(record.outcome().merge().updated()).isEqualTo(1);
    assertThat(record.timeline()).isNotEmpty();
    assertThat(record.writtenBy()).isEqualTo(AuditRecord.Writer.WORKFLOW);
  }

  @Test
  void expired_isKept() {
    var unused = result(run.start(spec().ttl(Duration.ofMinutes(10)).build()));

    assertThat(theOne().outcome().outcome()).isEqualTo(Outcome.EXPIRED);
  }

  @Test
  void cancelled_isKept() {
    WorkflowStub stub = run.startAndAwaitReview(spec().build());
    stub.cancel();
    assertThatThrownBy(() -> result(stub)).isInstanceOf(RuntimeException.class);

    assertThat(theOne().outcome().outcome()).isEqualTo(Outcome.CANCELLED);
  }

  @Test
  void failed_isKept() {
    run.world.experimentFails = new OffshootException(ErrorCode.SQL_ERROR, "no such column");
    WorkflowStub stub = run.start(spec().build());
    assertThatThrownBy(() -> result(stub)).isInstanceOf(RuntimeException.class);

    assertThat(theOne().outcome().failure().code()).isEqualTo(ErrorCode.SQL_ERROR);
  }

  @Test
  void refusedSpecification_isKeptWithoutItsText_whichMayBeAnything() {
    WorkflowStub stub = run.start(spec().goal("x".repeat(300_000)).build());
    assertThatThrownBy(() -> result(stub)).isInstanceOf(RuntimeException.class);

    AuditRecord record = theOne();
    assertThat(record.spec()).isNull();
    assertThat(record.goal()).hasSizeLessThan(2_100);
    assertThat(record.outcome().failure().code()).isEqualTo(ErrorCode.BAD_SPEC);
  }

  private AuditRecord theOne() {
    assertThat(run.world.audits).hasSize(1);
    return run.world.audits.getFirst();
  }
}
