package dev.offshoot.branch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.DatabaseDump;
import dev.offshoot.PostgresServer;
import dev.offshoot.TestParent;
import dev.offshoot.domain.BranchInfo;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.HealthFinding;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.sql.Sql;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A busy parent that may be fenced for the time of a copy. */
class FenceTest {
  private TestParent parent;
  private PostgresBranchProvider provider;

  @BeforeEach
  void start() throws SQLException {
    parent = PostgresServer.parent("CREATE TABLE t (id int); INSERT INTO t VALUES (1)");
    provider =
        new PostgresBranchProvider(
            parent.config().toBuilder().copying(new Copying(OnBusy.FENCE, 0, null)).build());
  }

  @AfterEach
  void stop() throws SQLException {
    provider.close();
    parent.close();
  }

  @Test
  void busyParent_isFencedForTheCopy_andTheOutageIsTold() throws SQLException {
    BranchRef ref = Shop.newBranch(parent);
    try (Connection application = parent.ownerConnection()) {

      BranchInfo info = provider.create(ref, Shop.DEADLINE, Progress.NONE);

      assertThat(info.outageMillis()).isBetween(1L, 20_000L);
      assertThat(application.isValid(1)).isFalse();
    }
    assertThat(DatabaseDump.of(ref.branchName())).isEqualTo(parent.dump());
    parent.execute("INSERT INTO t VALUES (2)");
    assertThat(provider.create(ref, Shop.DEADLINE, Progress.NONE).outageMillis()).isPositive();
    provider.drop(ref);
  }

  @Test
  void parentThatNobodyUses_isNotFenced() {
    BranchRef ref = Shop.newBranch(parent);

    assertThat(provider.create(ref, Shop.DEADLINE, Progress.NONE).outageMillis()).isNull();
    provider.drop(ref);
  }

  @Test
  void sessionsThatTheOwnerMayNotEnd_areNamed_andNobodyIsShutOut() throws SQLException {
    BranchRef ref = Shop.newBranch(parent);
    try (Connection application = parent.ownerConnection();
        Connection superuser = parent.superuserConnection()) {

      assertThatThrownBy(() -> provider.create(ref, Shop.DEADLINE, Progress.NONE))
          .isInstanceOfSatisfying(
              OffshootException.class,
              e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.PARENT_BUSY);
                assertThat(e).hasMessageContaining("postgres (superuser)");
              });

      assertThat(application.isValid(1)).isTrue();
      assertThat(superuser.isValid(1)).isTrue();
    }
    assertThat(acceptsConnections()).isTrue();
  }

  @Test
  void sessionsOfOtherRoles_areEndedByAMemberOfSignalBackend() throws SQLException {
    String owner = parent.config().username();
    String other = parent.database() + "_app";
    try (Connection superuser = PostgresServer.superuser("postgres")) {
      Sql.execute(
          superuser,
          "CREATE ROLE %1$s LOGIN PASSWORD 'app'; GRANT CONNECT ON DATABASE %2$s TO %1$s"
              .formatted(other, parent.database()));
    }
    BranchRef ref = Shop.newBranch(parent);
    try (Connection application = PostgresServer.connect(parent.database(), other, "app")) {
      assertThatThrownBy(() -> provider.create(ref, Shop.DEADLINE, Progress.NONE))
          .hasMessageContaining("pg_signal_backend");
      assertThat(application.isValid(1)).isTrue();

      try (Connection superuser = PostgresServer.superuser("postgres")) {
        Sql.execute(superuser, "GRANT pg_signal_backend TO " + owner);
      }
      provider.create(ref, Shop.DEADLINE, Progress.NONE);

      assertThat(application.isValid(1)).isFalse();
    }
    provider.drop(ref);
    try (Connection superuser = PostgresServer.superuser("postgres")) {
      Sql.execute(
          superuser,
          "REVOKE ALL ON DATABASE %2$s FROM %1$s; DROP ROLE %1$s"
              .formatted(other, parent.database()));
    }
  }

  @Test
  void cancelledInTheMiddle_letsEverybodyInAgain() throws SQLException {
    BranchRef ref = Shop.newBranch(parent);
    AtomicBoolean wasShut = new AtomicBoolean();
    Progress cancelling =
        atTheCopy(
            () -> {
              wasShut.set(!acceptsConnections());
              throw new OffshootException(ErrorCode.CANCELLED, "cancelled");
            });

    try (Connection application = parent.ownerConnection()) {
      assertThatThrownBy(() -> provider.create(ref, Shop.DEADLINE, cancelling))
          .hasMessageContaining("cancelled");
      assertThat(application.isValid(1)).isFalse();
    }

    assertThat(wasShut).isTrue();
    assertThat(acceptsConnections()).isTrue();
    assertThat(PostgresBranchTest.left(ref)).isEmpty();
  }

  @Test
  void workerKilledWhileItFences_isRecovered_byWhoeverLooksNext() throws SQLException {
    for (Recovery recovery : Recovery.values()) {
      BranchRef ref = leftFencedByADeadWorker();
      assertThat(acceptsConnections()).isFalse();
      assertThatThrownBy(provider::openParent)
          .isInstanceOfSatisfying(
              OffshootException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PARENT_TAKEN));

      switch (recovery) {
        case WORKER_START -> provider.recover();
        case DOCTOR ->
            assertThat(provider.examine())
                .extracting(HealthFinding::finding)
                .anyMatch(finding -> finding.contains("had left it fenced"));
        case NEXT_ATTEMPT -> provider.create(ref, Shop.DEADLINE, Progress.NONE);
        case DROP -> provider.drop(ref);
      }

      assertThat(acceptsConnections()).as(recovery.name()).isTrue();
      provider.drop(ref);
    }
  }

  @Test
  void processKilledWhileItFences_isRecovered() throws Exception {
    BranchRef ref = Shop.newBranch(parent);
    try (Connection application = parent.ownerConnection()) {

      FencingProcess.killWhileFencing(parent.config(), ref);

      assertThat(application.isValid(1)).isFalse();
    }
    assertThat(acceptsConnections()).isFalse();
    await(
        () -> {
          provider.recover();
          return acceptsConnections();
        });
    provider.drop(ref);
    assertThat(PostgresBranchTest.left(ref)).isEmpty();
  }

  private interface Condition {
    boolean holds() throws SQLException;
  }

  /** The server notices only by and by that the process is gone. */
  private static void await(Condition condition) throws Exception {
    for (int i = 0; i < 100 && !condition.holds(); i++) {
      Thread.sleep(100);
    }
    assertThat(condition.holds()).isTrue();
  }

  private enum Recovery {
    WORKER_START,
    DOCTOR,
    NEXT_ATTEMPT,
    DROP
  }

  @Test
  void workerThatStillFences_isNotDisturbed() throws SQLException {
    BranchRef ref = Shop.newBranch(parent);
    AtomicBoolean stillShut = new AtomicBoolean();
    Progress looking =
        atTheCopy(
            () -> {
              provider.recover();
              stillShut.set(!acceptsConnections());
            });

    try (Connection application = parent.ownerConnection()) {
      provider.create(ref, Shop.DEADLINE, looking);
      assertThat(application.isValid(1)).isFalse();
    }

    assertThat(stillShut).isTrue();
    assertThat(acceptsConnections()).isTrue();
    provider.drop(ref);
  }

  /** As kill -9 leaves it: roles reserved, their comment says so, the door shut, no session. */
  private BranchRef leftFencedByADeadWorker() throws SQLException {
    BranchRef ref = Shop.newBranch(parent);
    Marker marker = Marker.unfinished(ref, Shop.DEADLINE);
    ParentConfig config = parent.config();
    try (Connection worker =
        PostgresServer.connect("postgres", config.username(), config.password())) {
      new Roles(config).reserve(worker, ref, marker, PostgresServer.majorVersion() >= 16);
      Sql.execute(worker, Comments.onRole(worker, ref.branchName(), marker.fenced(Instant.now())));
      Sql.execute(worker, "ALTER DATABASE %s ALLOW_CONNECTIONS false".formatted(config.name()));
    }
    return ref;
  }

  private interface Look {
    void at() throws SQLException;
  }

  private static Progress atTheCopy(Look look) {
    return new Progress() {
      @Override
      public void report(String what) {
        if (what.contains("copying the parent")) {
          try {
            look.at();
          } catch (SQLException e) {
            throw new AssertionError(e);
          }
        }
      }

      @Override
      public Interruptible interruptible(Statement statement) {
        return () -> {};
      }
    };
  }

  private boolean acceptsConnections() throws SQLException {
    try (Connection superuser = PostgresServer.superuser("postgres")) {
      return Sql.only(
          superuser,
          "SELECT datallowconn FROM pg_database WHERE datname = ?",
          row -> row.getBoolean(1),
          parent.database());
    }
  }
}
