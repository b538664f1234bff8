package dev.offshoot.experiment;

import static dev.offshoot.experiment.OnBranch.statements;
import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.PostgresServer;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentReport;
import dev.offshoot.domain.ExperimentSpecBuilder;
import dev.offshoot.domain.Failure;
import dev.offshoot.domain.TransactionMode;
import dev.offshoot.sql.Sql;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A second try on the same branch: after a lost worker, a lost session, a lost report. */
class ExperimentRetryTest {
  private static OnBranch branch;
  private BranchRef ref;

  @BeforeAll
  static void start() throws SQLException {
    branch = new OnBranch();
  }

  @AfterAll
  static void stop() throws SQLException {
    branch.close();
  }

  @BeforeEach
  void makeBranch() {
    ref = branch.freshBranch();
  }

  @AfterEach
  void dropBranch() {
    branch.provider().drop(ref);
  }

  @Test
  void sessionLostBeforeTheCommit_isTriedAgain_andRunsOnce() throws SQLException {
    Failure lost = loseSessionAt(2, twoInserts());
    assertThat(lost.code()).isEqualTo(ErrorCode.CONNECTION_LOST);

    ExperimentReport report = branch.run(ref, twoInserts(), Progress.NONE);

    assertThat(report.statements()).hasSize(2);
    assertThat(OnBranch.dump(ref)).containsOnlyOnce("(one)").containsOnlyOnce("(two)");
  }

  @Test
  void committedExperiment_isNotRunAgain() throws SQLException {
    branch.run(ref, twoInserts(), Progress.NONE);
    String after = OnBranch.dump(ref);

    Failure failure = branch.failureOn(ref, twoInserts());

    assertThat(failure.code()).isEqualTo(ErrorCode.BRANCH_GONE);
    assertThat(failure.message()).contains("has committed there");
    assertThat(OnBranch.dump(ref)).isEqualTo(after);
  }

  @Test
  void experimentThatOnlyRead_isTakenForCommittedToo() {
    branch.run(ref, statements("SELECT 1"), Progress.NONE);

    assertThat(branch.failureOn(ref, statements("SELECT 1")).code())
        .isEqualTo(ErrorCode.BRANCH_GONE);
  }

  @Test
  void perStatement_lostAfterACommit_isGoneForGood() throws SQLException {
    ExperimentSpecBuilder spec = twoInserts().transaction(TransactionMode.PER_STATEMENT);

    assertThat(loseSessionAt(2, spec).code()).isEqualTo(ErrorCode.BRANCH_GONE);
    assertThat(branch.failureOn(ref, spec).code()).isEqualTo(ErrorCode.BRANCH_GONE);
    assertThat(OnBranch.dump(ref)).containsOnlyOnce("(one)").doesNotContain("(two)");
  }

  @Test
  void perStatement_lostBeforeACommit_isTriedAgain() throws SQLException {
    ExperimentSpecBuilder spec = twoInserts().transaction(TransactionMode.PER_STATEMENT);

    assertThat(loseSessionAt(1, spec).code()).isEqualTo(ErrorCode.CONNECTION_LOST);
    assertThat(branch.run(ref, spec, Progress.NONE).statements()).hasSize(2);
  }

  @Test
  void workerThatWentSilent_isCutOff_beforeTheNextTryBegins() throws SQLException {
    Connection silent = branch.provider().openForExperiment(ref);
    silent.setAutoCommit(false);
    RunMarker.mark(silent, ref);
    Sql.execute(silent, "INSERT INTO audit VALUES ('never committed')");

    branch.run(ref, twoInserts(), Progress.NONE);

    assertThat(OnBranch.dump(ref)).doesNotContain("never committed").containsOnlyOnce("(one)");
    silent.close();
  }

  @Test
  void markIsNowhereInTheBranch() throws SQLException {
    String before = OnBranch.dump(ref);

    branch.run(ref, statements("SELECT 1"), Progress.NONE);

    assertThat(OnBranch.dump(ref)).isEqualTo(before);
  }

  private static ExperimentSpecBuilder twoInserts() {
    return statements("INSERT INTO audit VALUES ('one')", "INSERT INTO audit VALUES ('two')");
  }

  /** Ends the experiment's session, as a server's administrator would, before a statement. */
  private Failure loseSessionAt(int statement, ExperimentSpecBuilder spec) {
    Progress killer =
        new Progress() {
          @Override
          public void report(String what) {
            if (what.startsWith("statement " + statement)) {
              endSession();
            }
          }

          @Override
          public Interruptible interruptible(Statement running) {
            return () -> {};
          }
        };
    try {
      branch.run(ref, spec, killer);
    } catch (dev.offshoot.domain.OffshootException e) {
      return e.failure();
    }
    throw new AssertionError("the session was not lost");
  }

  private void endSession() {
    try (Connection superuser = PostgresServer.superuser("postgres")) {
      Sql.list(
          superuser,
          "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = ?",
          row -> row.getBoolean(1),
          ref.branchName());
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
