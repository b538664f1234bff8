package dev.offshoot.experiment;

import static dev.offshoot.experiment.OnBranch.statements;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.offshoot.activity.ExperimentActivities;
import dev.offshoot.activity.ExperimentActivities.RunExperiment;
import dev.offshoot.branch.Parents;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentReport;
import dev.offshoot.domain.Failure;
import dev.offshoot.workflow.Failures;
import dev.offshoot.workflow.OffshootDataConverter;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.testing.TestActivityEnvironment;
import io.temporal.testing.TestEnvironmentOptions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The step as Temporal runs it. */
class ExperimentStepsTest {
  private OnBranch branch;
  private BranchRef ref;
  private TestActivityEnvironment temporal;
  private ExperimentActivities steps;

  @BeforeEach
  void start() throws SQLException {
    branch = new OnBranch("CREATE TABLE t (id int)");
    ref = branch.freshBranch();
    temporal =
        TestActivityEnvironment.newInstance(
            TestEnvironmentOptions.newBuilder()
                .setWorkflowClientOptions(
                    WorkflowClientOptions.newBuilder()
                        .setDataConverter(OffshootDataConverter.get())
                        .build())
                .build());
    temporal.registerActivitiesImplementations(
        new ExperimentSteps(
            new Parents(List.of(new Parents.Parent(branch.config(), branch.provider())))));
    steps = temporal.newActivityStub(ExperimentActivities.class);
  }

  @AfterEach
  void stop() throws SQLException {
    temporal.close();
    branch.close();
  }

  @Test
  void report_comesBackThroughJson() {
    ExperimentReport report =
        steps.runExperiment(
            new RunExperiment(ref, statements("SELECT NULL AS nothing, 1 AS one").build()));

    assertThat(report.statements().get(0).rows().get(0)).containsExactly(null, "1");
  }

  @Test
  void failure_carriesCodeStatementAndPosition() {
    Throwable thrown =
        catchThrowable(
            () -> steps.runExperiment(new RunExperiment(ref, statements("SELECT x").build())));

    Failure failure = Failures.fromTemporal(thrown);
    assertThat(failure.code()).isEqualTo(ErrorCode.SQL_ERROR);
    assertThat(failure.statement()).isZero();
    assertThat(failure.position()).isEqualTo(8);
  }

  @Test
  void cancellation_reachesAStatementThatIsBeingFetchedFrom() throws SQLException {
    temporal.setActivityHeartbeatListener(String.class, said -> temporal.requestCancelActivity());
    long start = System.nanoTime();

    assertThatThrownBy(
            () ->
                steps.runExperiment(
                    new RunExperiment(
                        ref,
                        statements(
                                "SELECT CASE WHEN g > 1 THEN pg_sleep(60) END FROM generate_series(1, 2) g")
                            .build())))
        .satisfies(thrown -> assertThat(Failures.isCancellation(thrown)).isTrue());

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
    assertThat(OnBranch.dump(ref)).doesNotContain("(1)");
  }
}
