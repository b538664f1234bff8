package dev.offshoot.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.PostgresServer;
import dev.offshoot.TestParent;
import dev.offshoot.domain.DecideRequest;
import dev.offshoot.domain.Decision;
import dev.offshoot.domain.DecisionRequest;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentOutcome;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.Failure;
import dev.offshoot.domain.Outcome;
import dev.offshoot.domain.Stage;
import dev.offshoot.workflow.ExperimentWorkflow;
import dev.offshoot.workflow.Failures;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Wrong input against a running stack: one clear error each, and nothing left behind. */
@Timeout(120)
class EndToEndBadInputTest {
  private static final String UPDATE = "UPDATE item SET name = name || '!'";
  private static TestParent parent;
  private static ChildStack stack;
  private static Experiments experiments;

  @BeforeAll
  static void startStack(@TempDir Path folder) throws Exception {
    parent =
        PostgresServer.parent(
            """
            CREATE TABLE item (id int PRIMARY KEY, name text NOT NULL);
            INSERT INTO item SELECT i, 'item ' || i FROM generate_series(1, 20) AS i;
            """);
    String url = parent.config().url();
    String owner = parent.config().username();
    stack =
        ChildStack.start(
            Map.of(
                "temporal",
                "embedded",
                "data-folder",
                folder.toString(),
                "demo-parent",
                false,
                "parents",
                Map.of(
                    "good",
                    address(url, owner, parent.config().password()),
                    "locked-out",
                    address(url, owner, "not-the-password"),
                    "down",
                    address("jdbc:postgresql://127.0.0.1:1/shop", owner, "any"),
                    "super",
                    address(url, "postgres", "any"))));
    experiments = new Experiments(stack.client());
  }

  private static Map<String, String> address(String url, String username, String password) {
    return Map.of("url", url, "username", username, "password", password);
  }

  @AfterAll
  static void stop() throws Exception {
    stack.close();
    parent.close();
  }

  @AfterEach
  void nothingIsLeftBehind() throws Exception {
    assertThat(leftovers()).isEmpty();
    try (Connection connection = parent.ownerConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT count(*) FROM item WHERE name LIKE '%!'")) {
      rows.next();
      assertThat(rows.getInt(1)).as("rows written to the parent").isZero();
    }
  }

  @Test
  void unknownParent_isNamed_withThoseThereAre() throws Exception {
    Failure failure = failureOf("bad-unknown", Experiments.spec("shoop", UPDATE).build());

    assertThat(failure.code()).isEqualTo(ErrorCode.UNKNOWN_PARENT);
    assertThat(failure.message()).contains("parent", "'shoop'", "good", "locked-out");
  }

  @Test
  void wrongPassword_isAccessDenied_withoutThePassword() throws Exception {
    Failure failure = failureOf("bad-password", Experiments.spec("locked-out", UPDATE).build());

    assertThat(failure.code()).isEqualTo(ErrorCode.PARENT_ACCESS_DENIED);
    assertThat(failure.message()).contains("locked-out", "password").doesNotContain("not-the-");
  }

  @Test
  void parentThatIsDown_isUnreachable_afterAFewTries() throws Exception {
    Failure failure = failureOf("bad-down", Experiments.spec("down", UPDATE).build());

    assertThat(failure.code()).isEqualTo(ErrorCode.PARENT_UNREACHABLE);
    assertThat(failure.message()).contains("down").doesNotContain("127.0.0.1:1/shop?");
  }

  @Test
  void superuserAsParentsRole_isUnsuitable() throws Exception {
    Failure failure = failureOf("bad-super", Experiments.spec("super", UPDATE).build());

    assertThat(failure.code()).isEqualTo(ErrorCode.PARENT_UNSUITABLE);
    assertThat(failure.message()).contains("super");
  }

  /** The server itself waits for five; a busy machine may be late once, not three times. */
  @Test
  void busyParent_isRefusedWithinSixSeconds() throws Exception {
    Duration limit = Duration.ofSeconds(6);
    Duration quickest = Duration.ofDays(1);
    try (Connection busy = parent.ownerConnection();
        Statement statement = busy.createStatement()) {
      statement.execute("SELECT 1");
      for (int i = 0; i < 3 && quickest.compareTo(limit) >= 0; i++) {
        long begin = System.nanoTime();

        Failure failure = failureOf("bad-busy-" + i, Experiments.spec("good", UPDATE).build());

        Duration taken = Duration.ofNanos(System.nanoTime() - begin);
        quickest = taken.compareTo(quickest) < 0 ? taken : quickest;
        assertThat(failure.code()).isEqualTo(ErrorCode.PARENT_BUSY);
        assertThat(failure.message()).contains("good");
      }
    }
    assertThat(quickest).isLessThan(limit);
  }

  @Test
  void specificationWithoutStatements_orWithAZeroTtl_saysBoth() throws Exception {
    Failure failure = failureOf("bad-spec", Experiments.spec("good").ttl(Duration.ZERO).build());

    assertThat(failure.code()).isEqualTo(ErrorCode.BAD_SPEC);
    assertThat(failure.message()).contains("statements", "ttl");
  }

  @Test
  void ttlBeyondTheParentsLimit_isRefused() throws Exception {
    Failure failure =
        failureOf("bad-ttl", Experiments.spec("good", UPDATE).ttl(Duration.ofDays(8)).build());

    assertThat(failure.code()).isEqualTo(ErrorCode.BAD_SPEC);
    assertThat(failure.message()).contains("ttl").contains("7d");
  }

  @Test
  void scriptOverTheSizeLimit_isRefused() throws Exception {
    Failure failure =
        failureOf(
            "bad-size",
            Experiments.spec("good").script("SELECT '" + "x".repeat(1_500_000) + "'").build());

    assertThat(failure.code()).isEqualTo(ErrorCode.BAD_SPEC);
    assertThat(failure.message()).contains("script").hasSizeLessThan(1_000);
  }

  @Test
  void sqlThatDoesNotParse_saysWhichStatementAndWhere() throws Exception {
    Failure failure =
        failureOf("bad-sql", Experiments.spec("good", "SELECT 1", "UPDAET item SET x = 1").build());

    assertThat(failure.code()).isEqualTo(ErrorCode.SQL_ERROR);
    assertThat(failure.statement()).isEqualTo(1);
    assertThat(failure.position()).isEqualTo(1);
    assertThat(failure.sqlState()).isEqualTo("42601");
    assertThat(failure.message()).contains("UPDAET");
  }

  @Test
  void checkThatIsNoQuery_isRefused() throws Exception {
    Failure failure =
        failureOf("bad-check", Experiments.spec("good", UPDATE).check("DELETE FROM item").build());

    assertThat(failure.code()).isIn(ErrorCode.BAD_SPEC, ErrorCode.CHECK_FAILED);
    assertThat(failure.message()).contains("check");
  }

  @Test
  void idThatIsInUse_saysSo_andTheFirstGoesOn() throws Exception {
    ExperimentWorkflow first =
        experiments.start("bad-id", Experiments.spec("good", UPDATE).build());
    ExperimentStatus reviewed = Experiments.awaitReview(first);

    assertThatThrownBy(
            () -> experiments.start("bad-id", Experiments.spec("good", "SELECT 2").build()))
        .isInstanceOf(WorkflowExecutionAlreadyStarted.class);
    assertThat(first.status().stage()).isEqualTo(Stage.AWAITING_DECISION);

    reject(first);
    Failure again = failureOf("bad-id", Experiments.spec("good", "SELECT 3").build());
    assertThat(again.code()).isEqualTo(ErrorCode.ID_IN_USE);
    assertThat(again.message()).contains("bad-id", Experiments.AGENT);
    assertThat(reviewed.id().value()).isEqualTo("bad-id");
  }

  @Test
  void approvalByTheRequester_byAWrongDigest_orAfterTheEnd_isRefused() throws Exception {
    ExperimentWorkflow experiment =
        experiments.start("bad-approval", Experiments.spec("good", UPDATE).build());
    Experiments.awaitReview(experiment);

    assertThat(refusal(experiment, Experiments.AGENT, null)).contains("by:");
    assertThat(refusal(experiment, "Agent ", null)).as("another spelling").contains("by:");
    assertThat(refusal(experiment, Experiments.REVIEWER, "f".repeat(64))).contains("digest");
    assertThat(experiment.status().stage()).isEqualTo(Stage.AWAITING_DECISION);

    experiment.approve(new DecisionRequest(Experiments.AGENT, "mine", null, List.of()));
    RunningWorker.await(
        () -> experiment.status().decisions().stream().anyMatch(d -> d.refusal() != null));
    reject(experiment);
    assertThatThrownBy(
            () ->
                experiment.decide(
                    new DecideRequest(
                        Decision.Kind.APPROVE,
                        new DecisionRequest(Experiments.REVIEWER, "late", null, List.of()))))
        .isInstanceOf(Exception.class);
    assertThat(experiment.status().outcome().outcome()).isEqualTo(Outcome.DROPPED);
  }

  private static String refusal(ExperimentWorkflow experiment, String by, String digest) {
    try {
      experiment.decide(
          new DecideRequest(
              Decision.Kind.APPROVE, new DecisionRequest(by, "because", digest, List.of())));
    } catch (WorkflowUpdateException e) {
      // Not the code: SDK 1.38 replaces the type of a validator's failure by one of its own.
      return Failures.fromTemporal(e).message();
    }
    throw new AssertionError("it was not refused");
  }

  private static void reject(ExperimentWorkflow experiment) throws Exception {
    experiment.reject(new DecisionRequest(Experiments.REVIEWER, "no", null, List.of()));
    assertThat(
            WorkflowStub.fromTyped(experiment)
                .getResult(60, TimeUnit.SECONDS, ExperimentOutcome.class)
                .outcome())
        .isEqualTo(Outcome.DROPPED);
  }

  private static Failure failureOf(String id, ExperimentSpec spec) throws Exception {
    return Experiments.failureOf(experiments.start(id, spec));
  }

  private static List<String> leftovers() throws Exception {
    List<String> names = new ArrayList<>();
    try (Connection superuser = PostgresServer.superuser("postgres");
        Statement statement = superuser.createStatement();
        ResultSet rows =
            statement.executeQuery(
                """
                SELECT datname FROM pg_database WHERE datname LIKE 'offshoot\\_%'
                UNION ALL
                SELECT rolname FROM pg_roles WHERE rolname LIKE 'offshoot\\_%'
                """)) {
      while (rows.next()) {
        names.add(rows.getString(1));
      }
    }
    return names;
  }
}
