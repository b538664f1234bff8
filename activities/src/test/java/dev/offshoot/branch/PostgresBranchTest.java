package dev.offshoot.branch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.PostgresServer;
import dev.offshoot.TestParent;
import dev.offshoot.client.ScramVerifier;
import dev.offshoot.domain.BranchInfo;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ConnectAnswer;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.sql.Sql;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/** Branches as databases of the parent's own server, and what is its own about them. */
class PostgresBranchTest extends BranchHomeContract {
  /** What was locked before it fails stays locked. */
  private static final String FILL =
      "SELECT count(pg_advisory_lock(g)) FROM generate_series(1, 1000000) AS g";

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

  @Override
  protected ParentConfig parent() {
    return parent.config();
  }

  @Override
  protected BranchProvider provider() {
    return provider;
  }

  @Override
  protected BranchProvider provider(int maxBranches) {
    return new PostgresBranchProvider(parent.config().toBuilder().maxBranches(maxBranches).build());
  }

  @Override
  protected Connection onParent() throws SQLException {
    return parent.superuserConnection();
  }

  @Override
  protected Connection onBranch(BranchRef ref) throws SQLException {
    return PostgresServer.superuser(ref.branchName());
  }

  @Override
  protected Connection onBase(BranchRef ref) throws SQLException {
    return PostgresServer.superuser(ref.baseName());
  }

  @Override
  protected List<String> leftOf(BranchRef ref) throws SQLException {
    return left(ref);
  }

  @Test
  void nobodyCanConnectToAStem_notEvenTheOwner() throws SQLException {
    BranchRef stem = Shop.newBranch(parent);
    provider.createStem(stem, Shop.DEADLINE, Progress.NONE);

    assertThatThrownBy(() -> PostgresServer.superuser(stem.baseName()).close())
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("not currently accepting connections");
    provider.drop(stem);
  }

  @Test
  void branchesOfAStem_areMadeAtOnce() throws Exception {
    BranchRef stem = Shop.newBranch(parent);
    provider.createStem(stem, Shop.DEADLINE, Progress.NONE);
    List<BranchRef> refs =
        List.of(Shop.newBranch(parent), Shop.newBranch(parent), Shop.newBranch(parent));

    List<CompletableFuture<BranchInfo>> making =
        refs.stream()
            .map(
                ref ->
                    CompletableFuture.supplyAsync(
                        () -> provider.create(ref, stem, Shop.DEADLINE, Progress.NONE)))
            .toList();

    for (CompletableFuture<BranchInfo> each : making) {
      assertThat(each.get().ref()).isIn(refs);
    }
    refs.forEach(provider::drop);
    provider.drop(stem);
  }

  @Test
  void lockTableThatSomebodyElseHasFilled_isWaitedFor_byWhateverEndsABranch() throws SQLException {
    BranchRef ref = Shop.newBranch(parent);
    provider.create(ref, Shop.DEADLINE, Progress.NONE);
    try (Connection greedy = PostgresServer.superuser("postgres")) {
      assertThatThrownBy(() -> Sql.execute(greedy, FILL)).hasMessageContaining("shared memory");

      for (Runnable end :
          List.<Runnable>of(() -> provider.closeConnection(ref), () -> provider.drop(ref))) {
        assertThatThrownBy(end::run)
            .isInstanceOfSatisfying(
                OffshootException.class, e -> assertThat(e.code().retryable()).isTrue())
            .hasMessageContaining("locks");
      }
      Sql.execute(greedy, "SELECT pg_advisory_unlock_all()");
    }
    provider.drop(ref);

    assertThat(left(ref)).isEmpty();
  }

  @Test
  void copy_isMadeAsTheServersVersionDoesItBest() {
    BranchRef ref = Shop.newBranch(parent);

    BranchInfo info = provider.create(ref, Shop.DEADLINE, Progress.NONE);

    // What 14 has instead is a file copy.
    assertThat(info.copyMethod())
        .isEqualTo(PostgresServer.majorVersion() < 15 ? "FILE_COPY" : "WAL_LOG");
    assertThat(info.createMillis()).isPositive();
    assertThat(info.serverVersion()).startsWith(String.valueOf(PostgresServer.majorVersion()));
    provider.drop(ref);
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

    assertThat(left(ref)).isEmpty();
  }

  @Test
  void drop_withoutASecondSession_takesOneForBoth() throws SQLException {
    BranchRef ref = made();
    Supplier<Connection> none =
        () -> {
          throw new OffshootException(ErrorCode.PARENT_UNREACHABLE, "too many connections");
        };

    try (Maintenance maintenance = new Maintenance(parent.config());
        Connection session = maintenance.dedicated()) {
      new Removal(parent.config(), new Roles(parent.config())).run(session, none, ref);
    }

    assertThat(left(ref)).isEmpty();
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
    assertThat(left(ref)).isEmpty();
    assertThat(left(prepared)).isEmpty();
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
    assertThat(left(ref)).isEmpty();
  }

  /** A session in the middle of a COPY does not tell the server that it has let a database go. */
  @Test
  void agentsCopyOfWhichNothingComes_keepsNobodyFromDroppingDatabases() throws Exception {
    BranchRef ref = made();
    BranchRef other = made();
    String password = ScramVerifier.freshPassword();
    ConnectAnswer address = provider.openConnection(ref, ScramVerifier.of(password));
    String url =
        "jdbc:postgresql://%s:%d/%s".formatted(address.host(), address.port(), address.database());
    Connection agent = DriverManager.getConnection(url, address.user(), password);
    try {
      var copy =
          agent.unwrap(PGConnection.class).getCopyAPI().copyIn("COPY orders (note) FROM STDIN");
      CompletableFuture<Void> drop = CompletableFuture.runAsync(() -> provider.drop(other));
      Thread.sleep(1_500);
      assertThat(drop).isNotDone();

      for (int i = 0; i < 100 && !drop.isDone(); i++) {
        var unused = provider.connectionUse(ref);
        Thread.sleep(100);
      }

      assertThat(drop).isCompleted();
      assertThatThrownBy(copy::endCopy).isInstanceOf(SQLException.class);
    } finally {
      // The driver does not close what broke in the middle of a COPY.
      agent.abort(Runnable::run);
    }
    provider.drop(ref);
    assertThat(left(ref)).isEmpty();
    assertThat(left(other)).isEmpty();
  }

  @Test
  void drop_ofWhatNeverWas_isDone() {
    provider.drop(Shop.newBranch(parent));
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

  static List<String> left(BranchRef ref) throws SQLException {
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
}
