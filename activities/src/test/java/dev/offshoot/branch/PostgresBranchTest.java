package dev.offshoot.branch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.DatabaseDump;
import dev.offshoot.PostgresServer;
import dev.offshoot.TestParent;
import dev.offshoot.domain.BranchInfo;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.sql.Sql;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Making a branch, working on it and deleting it, on one parent with one of each kind of object.
 */
class PostgresBranchTest {
  private static TestParent parent;
  private static PostgresBranchProvider provider;

  @BeforeAll
  static void start() throws SQLException {
    parent = PostgresServer.parent(Shop.SQL);
    provider = new PostgresBranchProvider(parent.config());
  }

  @AfterAll
  static void stop() throws SQLException {
    provider.close();
    parent.close();
  }

  @Test
  void branchAndBase_equalTheParent_andShareItsObjectIds() throws SQLException {
    BranchRef ref = Shop.newBranch(parent);

    BranchInfo info = provider.create(ref, Shop.DEADLINE, Progress.NONE);

    assertThat(DatabaseDump.of(ref.branchName())).isEqualTo(parent.dump());
    assertThat(DatabaseDump.of(ref.baseName())).isEqualTo(parent.dump());
    assertThat(objectIds(ref.branchName())).isEqualTo(objectIds(ref.baseName()));
    assertThat(info.provider()).isEqualTo("postgres");
    // What 14 has instead is a file copy.
    assertThat(info.copyMethod())
        .isEqualTo(PostgresServer.majorVersion() < 15 ? "FILE_COPY" : "WAL_LOG");
    assertThat(info.createMillis()).isPositive();
    assertThat(info.parentBytes()).isPositive();
    assertThat(info.serverVersion()).startsWith(String.valueOf(PostgresServer.majorVersion()));
    assertThat(info.branchPoint()).isBetween(Instant.now().minusSeconds(60), Instant.now());
    provider.drop(ref);
  }

  @Test
  void writesOnTheBranch_reachNeitherBaseNorParent() throws SQLException {
    BranchRef ref = made();
    String before = parent.dump();
    String base = DatabaseDump.of(ref.baseName());

    Shop.run(provider.openForExperiment(ref), "DELETE FROM orders; DROP TABLE sales.events");

    assertThat(parent.dump()).isEqualTo(before);
    assertThat(DatabaseDump.of(ref.baseName())).isEqualTo(base);
    assertThat(DatabaseDump.of(ref.branchName())).isNotEqualTo(base);
    provider.drop(ref);
  }

  @Test
  void create_twice_givesTheSameBranch_withItsWrites() throws SQLException {
    BranchRef ref = Shop.newBranch(parent);
    BranchInfo first = provider.create(ref, Shop.DEADLINE, Progress.NONE);
    Shop.run(provider.openForExperiment(ref), "UPDATE customer SET name = 'kept'");

    BranchInfo second = provider.create(ref, Shop.DEADLINE, Progress.NONE);

    assertThat(second).isEqualTo(first);
    assertThat(DatabaseDump.of(ref.branchName())).contains("kept");
    provider.drop(ref);
  }

  @Test
  void create_byTwoWorkersAtOnce_makesOneBranch() {
    BranchRef ref = Shop.newBranch(parent);

    CompletableFuture<BranchInfo> other =
        CompletableFuture.supplyAsync(() -> provider.create(ref, Shop.DEADLINE, Progress.NONE));
    BranchInfo one = provider.create(ref, Shop.DEADLINE, Progress.NONE);

    assertThat(other.join()).isEqualTo(one);
    provider.drop(ref);
  }

  @Test
  void create_afterAWorkerDiedHalfway_dropsTheLeftoversAndFinishes() throws SQLException {
    // a base that was handed over only in part, and a branch without its marker
    BranchRef ref = made();
    try (Connection superuser = PostgresServer.superuser("postgres")) {
      Sql.execute(superuser, "COMMENT ON DATABASE \"%s\" IS NULL".formatted(ref.branchName()));
      Sql.execute(superuser, "COMMENT ON DATABASE \"%s\" IS NULL".formatted(ref.baseName()));
    }
    Shop.run(
        PostgresServer.superuser(ref.baseName()),
        "DROP TABLE orders CASCADE; ALTER TABLE customer OWNER TO postgres");

    provider.create(ref, Shop.DEADLINE, Progress.NONE);

    assertThat(DatabaseDump.of(ref.branchName())).isEqualTo(parent.dump());
    Shop.run(provider.openForExperiment(ref), "ALTER TABLE customer ADD COLUMN more text");
    provider.drop(ref);
  }

  @Test
  void create_underAnIdThatAnotherInstallationHasHere_isRefused_andTouchesNothing()
      throws SQLException {
    BranchRef ref = made();
    String theirs = DatabaseDump.of(ref.branchName());

    assertThatThrownBy(() -> provider.create(ref, Shop.DEADLINE.plusSeconds(1), Progress.NONE))
        .isInstanceOfSatisfying(
            OffshootException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ID_IN_USE));

    assertThat(DatabaseDump.of(ref.branchName())).isEqualTo(theirs);
    provider.drop(ref);
  }

  @Test
  void create_overTheParentsLimit_isRefused_andLeavesNothing() throws SQLException {
    try (TestParent small = PostgresServer.parent("CREATE TABLE t (id int)");
        PostgresBranchProvider one = new PostgresBranchProvider(withMaxBranches(small, 1))) {
      BranchRef first = Shop.newBranch(small);
      one.create(first, Shop.DEADLINE, Progress.NONE);
      BranchRef second = Shop.newBranch(small);

      assertThatThrownBy(() -> one.create(second, Shop.DEADLINE, Progress.NONE))
          .isInstanceOfSatisfying(
              OffshootException.class,
              e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED);
                assertThat(e).hasMessageContaining("maxBranches");
              });
      assertThat(leftOf(second)).isEmpty();

      one.drop(first);
      one.create(second, Shop.DEADLINE, Progress.NONE);
      assertThat(one.standing()).containsExactly(second);
    }
  }

  @Test
  void cancelledCreate_leavesNothing() throws SQLException {
    BranchRef ref = Shop.newBranch(parent);
    Progress cancelling =
        new Progress() {
          @Override
          public void report(String what) {
            if (what.contains("base")) {
              throw new OffshootException(ErrorCode.CANCELLED, "cancelled");
            }
          }

          @Override
          public Interruptible interruptible(java.sql.Statement statement) {
            return () -> {};
          }
        };

    assertThatThrownBy(() -> provider.create(ref, Shop.DEADLINE, cancelling))
        .isInstanceOfSatisfying(
            OffshootException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));

    assertThat(leftOf(ref)).isEmpty();
  }

  @Test
  void drop_withSessionsInTheMiddleOfATransaction_leavesNothing_andMayBeRepeated()
      throws SQLException {
    BranchRef ref = made();
    try (Connection agent = provider.openForExperiment(ref);
        Connection reader = provider.openBaseForReading(ref)) {
      agent.setAutoCommit(false);
      Sql.execute(agent, "LOCK TABLE customer");
      reader.setAutoCommit(false);
      Sql.execute(reader, "LOCK TABLE customer");

      provider.drop(ref);

      assertThat(leftOf(ref)).isEmpty();
      provider.drop(ref);
    }
  }

  @Test
  void drop_thatCannotBe_saysWhatIsInTheWay_andIsTriedAgain() throws SQLException {
    BranchRef ref = made();
    try (Connection superuser = PostgresServer.superuser(ref.branchName())) {
      assertThat(superuser.isValid(1)).isTrue();
      assertRefusedForNow(ref, "1 of postgres");
    }
    BranchRef prepared = made();
    Shop.run(
        provider.openForExperiment(prepared),
        "BEGIN; DELETE FROM orders; PREPARE TRANSACTION 'left'");
    assertRefusedForNow(prepared, "1 prepared transaction");
    Shop.run(PostgresServer.superuser(prepared.branchName()), "ROLLBACK PREPARED 'left'");

    provider.drop(ref);
    provider.drop(prepared);
    assertThat(leftOf(ref)).isEmpty();
    assertThat(leftOf(prepared)).isEmpty();
  }

  private static void assertRefusedForNow(BranchRef ref, String reason) {
    assertThatThrownBy(() -> provider.drop(ref))
        .isInstanceOfSatisfying(
            OffshootException.class,
            e -> {
              assertThat(e.code().retryable()).isTrue();
              assertThat(e).hasMessageContaining(reason);
            });
  }

  /** As an experiment's role could do it to itself before Postgres 16. */
  @Test
  void revokedMemberships_areRestored() throws SQLException {
    BranchRef ref = made();
    String owner = parent.config().username();
    try (Connection superuser = PostgresServer.superuser("postgres")) {
      for (String member : List.of(ref.baseName(), owner)) {
        Sql.execute(
            superuser,
            "REVOKE \"%s\" FROM \"%s\" GRANTED BY %s".formatted(ref.branchName(), member, owner));
      }
    }

    try (Connection agent = provider.openForExperiment(ref);
        Connection reader = provider.openBranchForReading(ref)) {
      Sql.execute(reader, "SELECT FROM customer");
      provider.drop(ref);
      assertThat(agent.isValid(1)).isFalse();
    }
    assertThat(leftOf(ref)).isEmpty();
  }

  @Test
  void drop_ofWhatNeverWas_isDone() {
    provider.drop(Shop.newBranch(parent));
  }

  @Test
  void goneBranch_cannotBeOpened() {
    BranchRef ref = Shop.newBranch(parent);

    for (var open :
        List.<Runnable>of(
            () -> provider.openForExperiment(ref),
            () -> provider.openBranchForReading(ref),
            () -> provider.openBaseForReading(ref))) {
      assertThatThrownBy(open::run)
          .isInstanceOfSatisfying(
              OffshootException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BRANCH_GONE));
    }
  }

  @Test
  void endedExperiment_losesItsSessions_andCannotLogInAgain() throws SQLException {
    BranchRef ref = made();
    try (Connection agent = provider.openForExperiment(ref)) {
      provider.endExperiment(ref);
      provider.endExperiment(ref);

      assertThatThrownBy(() -> Sql.execute(agent, "SELECT 1"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isIn("57P01", "08006"));
    }
    assertThatThrownBy(() -> provider.openForExperiment(ref))
        .isInstanceOfSatisfying(
            OffshootException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BRANCH_GONE));
    provider.openBranchForReading(ref).close();
    provider.drop(ref);
  }

  @Test
  void openingAgain_endsTheSessionThatALostWorkerLeft() throws SQLException {
    BranchRef ref = made();
    try (Connection lost = provider.openForExperiment(ref)) {
      lost.setAutoCommit(false);
      Sql.execute(lost, "UPDATE customer SET name = 'half'");

      Shop.run(provider.openForExperiment(ref), "UPDATE customer SET name = 'whole'");
    }
    assertThat(DatabaseDump.of(ref.branchName())).contains("whole").doesNotContain("half");
    provider.drop(ref);
  }

  @Test
  void standing_isKnownFromTheServerAlone_alsoWhenOnlyTheRolesWereMade() throws SQLException {
    BranchRef ref = made();
    Shop.run(
        PostgresServer.superuser("postgres"), "DROP DATABASE \"%s\"; ".formatted(ref.branchName()));
    Shop.run(
        PostgresServer.superuser("postgres"), "DROP DATABASE \"%s\"".formatted(ref.baseName()));

    try (PostgresBranchProvider another = new PostgresBranchProvider(parent.config())) {
      assertThat(another.standing()).contains(ref);
    }

    provider.drop(ref);
    assertThat(provider.standing()).doesNotContain(ref);
  }

  @Test
  void extendedLease_movesTheEndOfTheLogins_andOfAGoneBranch_isDone() throws SQLException {
    BranchRef ref = made();
    Instant later = Shop.DEADLINE.plus(Duration.ofDays(2));

    provider.extend(ref, later);

    try (Connection superuser = PostgresServer.superuser("postgres")) {
      List<Instant> ends =
          Sql.list(
              superuser,
              "SELECT rolvaliduntil FROM pg_roles WHERE rolname IN (?, ?)",
              row -> row.getTimestamp(1).toInstant(),
              ref.branchName(),
              ref.baseName());
      assertThat(ends).hasSize(2).allMatch(end -> !end.isBefore(later));
    }
    assertThat(provider.create(ref, Shop.DEADLINE, Progress.NONE).ref()).isEqualTo(ref);
    provider.drop(ref);
    provider.extend(ref, later);
  }

  private static BranchRef made() {
    BranchRef ref = Shop.newBranch(parent);
    provider.create(ref, Shop.DEADLINE, Progress.NONE);
    return ref;
  }

  private static ParentConfig withMaxBranches(TestParent parent, int maxBranches) {
    return parent.config().toBuilder().maxBranches(maxBranches).build();
  }

  static List<String> leftOf(BranchRef ref) throws SQLException {
    try (Connection superuser = PostgresServer.superuser("postgres")) {
      return Sql.list(
          superuser,
          """
          SELECT 'database ' || datname FROM pg_database WHERE datname IN (?, ?)
          UNION ALL SELECT 'role ' || rolname FROM pg_roles WHERE rolname IN (?, ?)
          """,
          row -> row.getString(1),
          ref.branchName(),
          ref.baseName(),
          ref.branchName(),
          ref.baseName());
    }
  }

  private static List<String> objectIds(String database) throws SQLException {
    try (Connection superuser = PostgresServer.superuser(database)) {
      return Sql.list(
          superuser,
          """
          SELECT oid || ' ' || relname FROM pg_class
          WHERE oid >= 16384 AND oid NOT IN (
            SELECT unnest(ARRAY[c.oid, c.reltoastrelid, coalesce(i.indexrelid, 0)])
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            LEFT JOIN pg_index i ON i.indrelid = c.reltoastrelid
            WHERE n.nspname = 'offshoot_capture')
          ORDER BY oid
          """,
          row -> row.getString(1));
    }
  }
}
