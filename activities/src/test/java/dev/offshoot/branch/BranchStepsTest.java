package dev.offshoot.branch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.DatabaseDump;
import dev.offshoot.PostgresServer;
import dev.offshoot.TestParent;
import dev.offshoot.activity.BranchActivities;
import dev.offshoot.activity.BranchActivities.CreateBranch;
import dev.offshoot.activity.BranchActivities.DropBranch;
import dev.offshoot.activity.BranchActivities.ExtendLease;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.Failure;
import dev.offshoot.ledger.BranchRegistry;
import dev.offshoot.ledger.BranchRegistry.Registered;
import dev.offshoot.ledger.Ledger;
import dev.offshoot.step.Progress;
import dev.offshoot.workflow.Failures;
import dev.offshoot.workflow.OffshootDataConverter;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.testing.TestActivityEnvironment;
import io.temporal.testing.TestEnvironmentOptions;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The activity as Temporal calls it, on a real parent and ledger. */
class BranchStepsTest {
  private TestParent parent;
  private PostgresBranchProvider provider;
  private BranchRegistry registry;
  private TestActivityEnvironment temporal;
  private BranchActivities steps;

  @BeforeEach
  void start() throws SQLException {
    parent = PostgresServer.parent("CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1)");
    provider = new PostgresBranchProvider(parent.config());
    Ledger ledger = new Ledger(PostgresServer.freshLedger());
    ledger.migrate();
    registry = ledger.branches();
    temporal = TestActivityEnvironment.newInstance(withOurDataConverter());
    temporal.registerActivitiesImplementations(
        new BranchSteps(
            new Parents(List.of(new Parents.Parent(parent.config(), provider))), registry));
    steps = temporal.newActivityStub(BranchActivities.class);
  }

  @AfterEach
  void stop() throws SQLException {
    temporal.close();
    provider.close();
    parent.close();
  }

  @Test
  void createdBranch_isInTheRegistry_untilItIsDropped() throws SQLException {
    BranchRef ref = Shop.newBranch(parent);

    assertThat(steps.createBranch(request(ref, "run-1", Duration.ofHours(1))).ref()).isEqualTo(ref);
    steps.createBranch(request(ref, "run-1", Duration.ofHours(1)));

    assertThat(registry.living()).extracting(Registered::ref).containsExactly(ref);

    steps.dropBranch(new DropBranch(ref, "run-1", "merged"));
    steps.dropBranch(new DropBranch(ref, "run-1", "merged"));

    assertThat(registry.living()).isEmpty();
    assertThat(PostgresBranchTest.left(ref)).isEmpty();
  }

  @Test
  void anotherRunUnderTheSameId_isRefused_andItsDropTouchesNothing() throws SQLException {
    BranchRef ref = Shop.newBranch(parent);
    steps.createBranch(request(ref, "run-1", Duration.ofHours(1)));

    Failure failure =
        failureOf(() -> steps.createBranch(request(ref, "run-2", Duration.ofHours(1))));
    steps.dropBranch(new DropBranch(ref, "run-2", "compensation"));

    assertThat(failure.code()).isEqualTo(ErrorCode.ID_IN_USE);
    assertThat(failure.message()).contains("agent-7");
    assertThat(DatabaseDump.of(ref.branchName())).contains("(1)");
    assertThat(registry.living()).hasSize(1);
  }

  @Test
  void branchOfAnotherInstallationOnTheServer_survivesOurRefusalAndDrop() throws SQLException {
    BranchRef ref = Shop.newBranch(parent);
    provider.create(ref, Shop.DEADLINE.plusSeconds(5), Progress.NONE);

    Failure failure =
        failureOf(() -> steps.createBranch(request(ref, "run-1", Duration.ofHours(1))));
    steps.dropBranch(new DropBranch(ref, "run-1", "compensation"));

    assertThat(failure.code()).isEqualTo(ErrorCode.ID_IN_USE);
    assertThat(PostgresBranchTest.left(ref)).hasSize(4);
  }

  @Test
  void ttlBeyondTheParentsMaximum_isABadSpec_andNothingIsRegistered() {
    BranchRef ref = Shop.newBranch(parent);

    Failure failure =
        failureOf(() -> steps.createBranch(request(ref, "run-1", Duration.ofDays(8))));

    assertThat(failure.code()).isEqualTo(ErrorCode.BAD_SPEC);
    assertThat(failure.message()).startsWith("ttl: 8d").contains("7d", "max-ttl");
    assertThat(registry.living()).isEmpty();
  }

  @Test
  void parentThatRefusesUs_isNotRegistered_soTheExperimentCanEnd() {
    ParentConfig right = parent.config();
    ParentConfig wrong =
        ParentConfig.of(right.name(), right.url(), right.username(), "not the password");
    BranchRef ref = Shop.newBranch(parent);
    TestActivityEnvironment other = TestActivityEnvironment.newInstance(withOurDataConverter());
    try (PostgresBranchProvider refused = new PostgresBranchProvider(wrong)) {
      other.registerActivitiesImplementations(
          new BranchSteps(new Parents(List.of(new Parents.Parent(wrong, refused))), registry));
      BranchActivities there = other.newActivityStub(BranchActivities.class);

      Failure failure =
          failureOf(() -> there.createBranch(request(ref, "run-1", Duration.ofHours(1))));
      there.dropBranch(new DropBranch(ref, "run-1", "compensation"));

      assertThat(failure.code()).isEqualTo(ErrorCode.PARENT_ACCESS_DENIED);
      assertThat(registry.living()).isEmpty();
    } finally {
      other.close();
    }
  }

  @Test
  void stem_isInTheRegistry_untilItIsDropped_asABranchIs() throws SQLException {
    BranchRef stem = Shop.newBranch(parent);

    steps.createStem(request(stem, "run-1", Duration.ofHours(1)));
    steps.createStem(request(stem, "run-1", Duration.ofHours(1)));

    assertThat(registry.living()).extracting(Registered::ref).containsExactly(stem);
    steps.dropBranch(new DropBranch(stem, "run-1", "frozen"));
    assertThat(registry.living()).isEmpty();
    assertThat(PostgresBranchTest.left(stem)).isEmpty();
  }

  @Test
  void parentWithRoomForOneBranch_cannotHaveVariants() {
    ParentConfig narrow = parent.config().toBuilder().maxBranches(1).build();
    BranchRef stem = Shop.newBranch(parent);
    TestActivityEnvironment other = TestActivityEnvironment.newInstance(withOurDataConverter());
    try (PostgresBranchProvider home = new PostgresBranchProvider(narrow)) {
      other.registerActivitiesImplementations(
          new BranchSteps(new Parents(List.of(new Parents.Parent(narrow, home))), registry));
      BranchActivities there = other.newActivityStub(BranchActivities.class);

      Failure failure =
          failureOf(() -> there.createStem(request(stem, "run-1", Duration.ofHours(1))));

      assertThat(failure.code()).isEqualTo(ErrorCode.PARENT_UNSUITABLE);
      assertThat(failure.message()).contains("room for 2 branches");
      assertThat(registry.living()).isEmpty();
    } finally {
      other.close();
    }
  }

  @Test
  void unknownParent_isNamed_withThoseThereAre() {
    BranchRef ref = new BranchRef(Shop.newBranch(parent).experimentId(), 1, "shpo");

    Failure failure =
        failureOf(() -> steps.createBranch(request(ref, "run-1", Duration.ofHours(1))));

    assertThat(failure.code()).isEqualTo(ErrorCode.UNKNOWN_PARENT);
    assertThat(failure.message()).contains("shpo", parent.config().name());
  }

  @Test
  void extendedLease_isInTheRegistry_alsoWhenTheBranchIsGone() {
    BranchRef ref = Shop.newBranch(parent);
    steps.createBranch(request(ref, "run-1", Duration.ofHours(1)));
    Instant later = Shop.DEADLINE.plus(Duration.ofHours(1));

    steps.extendLease(new ExtendLease(ref, later));

    assertThat(registry.living().get(0).deadline()).isEqualTo(later);
    steps.dropBranch(new DropBranch(ref, "run-1", "frozen"));
    steps.extendLease(new ExtendLease(ref, later));
  }

  private CreateBranch request(BranchRef ref, String runId, Duration ttl) {
    ExperimentSpec spec =
        ExperimentSpec.builder()
            .goal("try")
            .parent(ref.parent())
            .requestedBy("agent-7")
            .ttl(ttl)
            .build();
    return new CreateBranch(ref, ref.experimentId().workflowId(), runId, spec, Shop.DEADLINE);
  }

  private static Failure failureOf(Runnable step) {
    Failure[] failure = new Failure[1];
    assertThatThrownBy(step::run).satisfies(e -> failure[0] = Failures.fromTemporal(e));
    return failure[0];
  }

  private static TestEnvironmentOptions withOurDataConverter() {
    return TestEnvironmentOptions.newBuilder()
        .setWorkflowClientOptions(
            WorkflowClientOptions.newBuilder()
                .setDataConverter(OffshootDataConverter.get())
                .build())
        .build();
  }
}
