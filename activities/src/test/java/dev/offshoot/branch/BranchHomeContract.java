package dev.offshoot.branch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.DatabaseDump;
import dev.offshoot.StepByStep;
import dev.offshoot.client.ScramVerifier;
import dev.offshoot.domain.BranchInfo;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ConnectAnswer;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.HealthFinding;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.Strictness;
import dev.offshoot.sql.Sql;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * What every home of branches keeps to, whatever it is made of. A home is tested by a class that
 * extends this one, on a parent filled by {@link Shop#SQL}.
 */
abstract class BranchHomeContract {
  /** The parent as configured. */
  protected abstract ParentConfig parent();

  protected abstract BranchProvider provider();

  /** A home of the same parent, as another worker would have it, that takes so many branches. */
  protected abstract BranchProvider provider(int maxBranches);

  /** A session on the parent that may do anything. */
  protected abstract Connection onParent() throws SQLException;

  /** The same on a branch. */
  protected abstract Connection onBranch(BranchRef ref) throws SQLException;

  /** The same on its base. */
  protected abstract Connection onBase(BranchRef ref) throws SQLException;

  /** What is left of a branch; nothing after it was dropped. */
  protected abstract List<String> leftOf(BranchRef ref) throws SQLException;

  @Test
  void branchAndBase_equalTheParent_andShareItsObjectIds() throws SQLException {
    BranchRef ref = Shop.newBranch(parent().name());

    BranchInfo info = provider().create(ref, Shop.DEADLINE, Progress.NONE);

    String dump = dump(onParent());
    assertThat(dump(onBranch(ref))).isEqualTo(dump);
    assertThat(dump(onBase(ref))).isEqualTo(dump);
    assertThat(objectIds(onBranch(ref))).isEqualTo(objectIds(onBase(ref)));
    assertThat(info.provider()).isEqualTo(provider().kind());
    assertThat(info.branchPoint()).isBetween(Instant.now().minusSeconds(60), Instant.now());
    assertThat(info.parentBytes()).isPositive();
    provider().drop(ref);
  }

  @Test
  void experiment_isDiffedAndMerged_andNothingIsLeft() throws SQLException {
    try (StepByStep steps = StepByStep.on(parent(), provider())) {
      BranchRef ref = Shop.newBranch(parent().name());
      ExperimentSpec spec =
          steps
              .spec()
              .statement("ALTER TABLE customer ADD COLUMN vip boolean NOT NULL DEFAULT false")
              .statement("UPDATE customer SET vip = true WHERE name = 'Ada'")
              .statement("INSERT INTO orders (customer, note) VALUES (1, 'by an agent')")
              .build();
      ChangeSummary changes = steps.experiment(ref, spec);
      assertThat(changes.tables()).hasSize(2);
      assertThat(leftOf(ref)).isEmpty();
      try (Connection users = onParent()) {
        Sql.execute(users, "UPDATE customer SET mail = 'bob@x' WHERE name = 'Bob'");
      }

      assertThat(steps.merge(ref, changes.digest(), Strictness.ROW).report()).isNotNull();

      try (Connection users = onParent()) {
        String customers =
            Sql.only(
                users,
                "SELECT string_agg(name || mail || vip, ' ' ORDER BY id) FROM customer",
                row -> row.getString(1));
        assertThat(customers).isEqualTo("Adaada@xtrue Bobbob@xfalse");
        String orders =
            Sql.only(
                users,
                "SELECT count(*) FROM orders WHERE note = 'by an agent'",
                row -> row.getString(1));
        assertThat(orders).isEqualTo("1");
        Sql.execute(
            users,
            "DELETE FROM orders WHERE note = 'by an agent'; ALTER TABLE customer DROP COLUMN vip");
      }
    }
  }

  @Test
  void branchesOfOneStem_showTheParentAsItWasThen_whateverBecameOfIt() throws SQLException {
    BranchRef stem = Shop.newBranch(parent().name());
    BranchInfo made = provider().createStem(stem, Shop.DEADLINE, Progress.NONE);
    String then = dump(onParent());
    Shop.run(onParent(), "INSERT INTO customer (name) VALUES ('Late')");
    try {
      BranchRef one = Shop.newBranch(parent().name());
      BranchRef other = Shop.newBranch(parent().name());

      BranchInfo first = provider().create(one, stem, Shop.DEADLINE, Progress.NONE);
      BranchInfo second = provider().create(other, stem, Shop.DEADLINE, Progress.NONE);

      assertThat(dump(onBranch(one))).isEqualTo(then);
      assertThat(dump(onBase(one))).isEqualTo(then);
      assertThat(dump(onBranch(other))).isEqualTo(then);
      assertThat(objectIds(onBranch(one))).isEqualTo(objectIds(onBase(one)));
      assertThat(first.branchPoint()).isEqualTo(made.branchPoint());
      assertThat(second.branchPoint()).isEqualTo(made.branchPoint());
      provider().drop(stem);
      assertThat(leftOf(stem)).isEmpty();
      Shop.run(provider().openForExperiment(one), "DELETE FROM orders");
      provider().drop(one);
      provider().drop(other);
      assertThat(leftOf(one)).isEmpty();
    } finally {
      Shop.run(onParent(), "DELETE FROM customer WHERE name = 'Late'");
    }
  }

  @Test
  void undo_makesTheBranchWhatItWas_andObjectIdsStillPair() throws SQLException {
    BranchRef ref = made();
    Shop.run(provider().openForExperiment(ref), "UPDATE customer SET name = 'Eve'");
    provider().takeSavepoint(ref, 1, Progress.NONE);
    String then = dump(onBranch(ref));
    Shop.run(
        provider().openForExperiment(ref), "DELETE FROM orders; ALTER TABLE customer ADD x int");
    provider().takeSavepoint(ref, 2, Progress.NONE);

    provider().returnToSavepoint(ref, 1, Progress.NONE);
    provider().forgetSavepoint(ref, 2);
    provider().forgetSavepoint(ref, 2);

    assertThat(dump(onBranch(ref))).isEqualTo(then);
    assertThat(objectIds(onBranch(ref))).isEqualTo(objectIds(onBase(ref)));
    Shop.run(provider().openForExperiment(ref), "UPDATE customer SET name = 'Zoe'");
    provider().returnToSavepoint(ref, 1, Progress.NONE);
    assertThat(dump(onBranch(ref))).isEqualTo(then);
    assertThatThrownBy(() -> provider().returnToSavepoint(ref, 2, Progress.NONE))
        .isInstanceOf(OffshootException.class)
        .extracting(e -> ((OffshootException) e).code())
        .isEqualTo(ErrorCode.BRANCH_GONE);
    provider().endExperiment(ref);
    provider().openForComparison(ref).close();
    provider().drop(ref);
    assertThat(leftOf(ref)).isEmpty();
  }

  @Test
  void stem_isMadeOnce_andCountsAsABranch_untilItIsDropped() throws SQLException {
    BranchRef stem = Shop.newBranch(parent().name());
    BranchInfo made = provider().createStem(stem, Shop.DEADLINE, Progress.NONE);

    BranchInfo again = provider().createStem(stem, Shop.DEADLINE, Progress.NONE);

    assertThat(again.branchPoint()).isEqualTo(made.branchPoint());
    assertThat(provider().standing()).contains(stem);
    BranchRef late = Shop.newBranch(parent().name());
    assertThatThrownBy(() -> provider(1).create(late, Shop.DEADLINE, Progress.NONE))
        .isInstanceOf(OffshootException.class)
        .hasMessageContaining("maxBranches");
    provider().drop(stem);
    provider().drop(stem);
    assertThat(leftOf(stem)).isEmpty();
    assertThat(provider().standing()).doesNotContain(stem);
  }

  @Test
  void branchOfAStemThatIsGone_isRefused_andLeavesNothing() throws SQLException {
    BranchRef stem = Shop.newBranch(parent().name());
    provider().createStem(stem, Shop.DEADLINE, Progress.NONE);
    provider().drop(stem);
    BranchRef ref = Shop.newBranch(parent().name());

    assertThatThrownBy(() -> provider().create(ref, stem, Shop.DEADLINE, Progress.NONE))
        .isInstanceOf(OffshootException.class)
        .extracting(e -> ((OffshootException) e).code())
        .isEqualTo(ErrorCode.BRANCH_GONE);

    assertThat(leftOf(ref)).isEmpty();
  }

  @Test
  void agentsLogin_takesThePasswordOfTheVerifier_untilItIsShut() throws SQLException {
    BranchRef ref = made();
    String password = ScramVerifier.freshPassword();

    ConnectAnswer address = provider().openConnection(ref, ScramVerifier.of(password));

    String url =
        "jdbc:postgresql://%s:%d/%s".formatted(address.host(), address.port(), address.database());
    try (Connection agent = DriverManager.getConnection(url, address.user(), password)) {
      Sql.execute(agent, "UPDATE customer SET mail = 'by@agent' WHERE name = 'Ada'");
      assertThat(provider().connectionUse(ref).connections()).isEqualTo(1);
      provider().closeConnection(ref);
      assertThatThrownBy(() -> Sql.execute(agent, "SELECT 1")).isInstanceOf(SQLException.class);
    }
    assertThatThrownBy(() -> DriverManager.getConnection(url, address.user(), password))
        .isInstanceOf(SQLException.class);
    assertThat(provider().connectionUse(ref).connections()).isZero();
    provider().drop(ref);
    assertThat(leftOf(ref)).isEmpty();
  }

  @Test
  void writesOnTheBranch_reachNeitherBaseNorParent() throws SQLException {
    BranchRef ref = made();
    String before = dump(onParent());
    String base = dump(onBase(ref));

    Shop.run(provider().openForExperiment(ref), "DELETE FROM orders; DROP TABLE sales.events");

    assertThat(dump(onParent())).isEqualTo(before);
    assertThat(dump(onBase(ref))).isEqualTo(base);
    assertThat(dump(onBranch(ref))).isNotEqualTo(base);
    provider().drop(ref);
  }

  @Test
  void create_twice_givesTheSameBranch_withItsWrites() throws SQLException {
    BranchRef ref = Shop.newBranch(parent().name());
    BranchInfo first = provider().create(ref, Shop.DEADLINE, Progress.NONE);
    Shop.run(provider().openForExperiment(ref), "UPDATE customer SET name = 'kept'");

    BranchInfo second = provider().create(ref, Shop.DEADLINE, Progress.NONE);

    assertThat(second).isEqualTo(first);
    assertThat(dump(onBranch(ref))).contains("kept");
    provider().drop(ref);
  }

  @Test
  void create_byTwoWorkersAtOnce_makesOneBranch() {
    BranchRef ref = Shop.newBranch(parent().name());

    CompletableFuture<BranchInfo> other =
        CompletableFuture.supplyAsync(() -> provider().create(ref, Shop.DEADLINE, Progress.NONE));
    BranchInfo one = provider().create(ref, Shop.DEADLINE, Progress.NONE);

    assertThat(other.join()).isEqualTo(one);
    provider().drop(ref);
  }

  @Test
  void create_afterAWorkerDiedHalfway_dropsTheLeftoversAndFinishes() throws SQLException {
    BranchRef ref = made();
    try (Connection superuser = onBranch(ref)) {
      Sql.execute(superuser, "COMMENT ON DATABASE %s IS NULL".formatted(database(superuser)));
    }
    try (Connection superuser = onBase(ref)) {
      Sql.execute(superuser, "COMMENT ON DATABASE %s IS NULL".formatted(database(superuser)));
      Sql.execute(superuser, "DROP TABLE orders CASCADE; ALTER TABLE customer OWNER TO postgres");
    }

    provider().create(ref, Shop.DEADLINE, Progress.NONE);

    assertThat(dump(onBranch(ref))).isEqualTo(dump(onParent()));
    Shop.run(provider().openForExperiment(ref), "ALTER TABLE customer ADD COLUMN more text");
    provider().drop(ref);
  }

  @Test
  void create_underAnIdThatAnotherInstallationHasHere_isRefused_andTouchesNothing()
      throws SQLException {
    BranchRef ref = made();
    String theirs = dump(onBranch(ref));

    assertThatThrownBy(() -> provider().create(ref, Shop.DEADLINE.plusSeconds(1), Progress.NONE))
        .isInstanceOfSatisfying(
            OffshootException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ID_IN_USE));

    assertThat(dump(onBranch(ref))).isEqualTo(theirs);
    provider().drop(ref);
  }

  @Test
  void create_overTheParentsLimit_isRefused_andLeavesNothing() throws SQLException {
    BranchRef first = made();
    BranchRef second = Shop.newBranch(parent().name());

    assertThatThrownBy(
            () ->
                provider(provider().standing().size()).create(second, Shop.DEADLINE, Progress.NONE))
        .isInstanceOfSatisfying(
            OffshootException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED);
              assertThat(e).hasMessageContaining("maxBranches");
            });

    assertThat(leftOf(second)).isEmpty();
    assertThat(provider().standing()).contains(first).doesNotContain(second);
    provider().drop(first);
  }

  @Test
  void drop_withSessionsInTheMiddleOfATransaction_leavesNothing_andMayBeRepeated()
      throws SQLException {
    BranchRef ref = made();
    try (Connection agent = provider().openForExperiment(ref);
        Connection reader = provider().openBaseForReading(ref)) {
      agent.setAutoCommit(false);
      Sql.execute(agent, "LOCK TABLE customer");
      reader.setAutoCommit(false);
      Sql.execute(reader, "LOCK TABLE customer");

      provider().drop(ref);

      assertThat(leftOf(ref)).isEmpty();
      provider().drop(ref);
    }
  }

  @Test
  void goneBranch_cannotBeOpened_andItsEndIsDone() {
    BranchRef ref = Shop.newBranch(parent().name());

    for (var open :
        List.<Runnable>of(
            () -> provider().openForExperiment(ref),
            () -> provider().openBranchForReading(ref),
            () -> provider().openBaseForReading(ref))) {
      assertThatThrownBy(open::run)
          .isInstanceOfSatisfying(
              OffshootException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BRANCH_GONE));
    }
    provider().endExperiment(ref);
    provider().extend(ref, Shop.DEADLINE);
    assertThat(provider().sequenceBlocks(ref)).isEmpty();
    provider().drop(ref);
  }

  @Test
  void endedExperiment_losesItsSessions_andCannotLogInAgain() throws SQLException {
    BranchRef ref = made();
    try (Connection agent = provider().openForExperiment(ref)) {
      provider().endExperiment(ref);
      provider().endExperiment(ref);

      assertThatThrownBy(() -> Sql.execute(agent, "SELECT 1"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isIn("57P01", "08006"));
    }
    assertThatThrownBy(() -> provider().openForExperiment(ref))
        .isInstanceOfSatisfying(
            OffshootException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BRANCH_GONE));
    provider().openBranchForReading(ref).close();
    provider().drop(ref);
  }

  @Test
  void openingAgain_endsTheSessionThatALostWorkerLeft() throws SQLException {
    BranchRef ref = made();
    try (Connection lost = provider().openForExperiment(ref)) {
      lost.setAutoCommit(false);
      Sql.execute(lost, "UPDATE customer SET name = 'half'");

      Shop.run(provider().openForExperiment(ref), "UPDATE customer SET name = 'whole'");
    }
    assertThat(dump(onBranch(ref))).contains("whole").doesNotContain("half");
    provider().drop(ref);
  }

  @Test
  void extendedLease_movesTheEndOfTheLogins_andOfAGoneBranch_isDone() throws SQLException {
    BranchRef ref = made();
    Instant later = Shop.DEADLINE.plus(Duration.ofDays(2));

    provider().extend(ref, later);

    try (Connection superuser = onBranch(ref)) {
      assertThat(
              Sql.list(
                  superuser,
                  "SELECT rolvaliduntil FROM pg_roles WHERE rolname IN (?, ?)",
                  row -> row.getTimestamp(1).toInstant(),
                  ref.branchName(),
                  ref.baseName()))
          .hasSize(2)
          .allMatch(end -> !end.isBefore(later));
    }
    assertThat(provider().create(ref, Shop.DEADLINE, Progress.NONE).ref()).isEqualTo(ref);
    provider().drop(ref);
    provider().extend(ref, later);
  }

  @Test
  void healthyHome_saysSo() {
    assertThat(provider().examine())
        .isNotEmpty()
        .noneMatch(finding -> finding.level() == HealthFinding.Level.BROKEN);
    assertThat(provider().view().problem()).isNull();
    assertThat(provider().view().provider()).isEqualTo(provider().kind());
  }

  protected final BranchRef made() {
    BranchRef ref = Shop.newBranch(parent().name());
    provider().create(ref, Shop.DEADLINE, Progress.NONE);
    return ref;
  }

  private static String database(Connection session) throws SQLException {
    return Sql.only(session, "SELECT quote_ident(current_database())", row -> row.getString(1));
  }

  private static String dump(Connection session) throws SQLException {
    try (session) {
      return DatabaseDump.of(session);
    }
  }

  private static List<String> objectIds(Connection superuser) throws SQLException {
    try (superuser) {
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
