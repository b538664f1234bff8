package dev.offshoot.branch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.offshoot.PostgresServer;
import dev.offshoot.StepByStep;
import dev.offshoot.TestParent;
import dev.offshoot.activity.BranchActivities;
import dev.offshoot.activity.BranchActivities.CreateBranch;
import dev.offshoot.activity.BranchActivities.DropBranch;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.Failure;
import dev.offshoot.domain.HealthFinding;
import dev.offshoot.domain.HealthFinding.Level;
import dev.offshoot.ledger.BranchRegistry.Registered;
import dev.offshoot.ledger.Ledger;
import dev.offshoot.sql.Sql;
import dev.offshoot.workflow.Failures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A branch is made where its server has room for it; where it has none now, it waits. */
@Timeout(120)
class RoomForBranchesTest {
  private static final Path DISK = Path.of("").toAbsolutePath();
  private static final long MEGABYTE = 1 << 20;

  private TestParent parent;
  private Ledger ledger;
  private final List<Connection> crowd = new ArrayList<>();
  private final List<AutoCloseable> opened = new ArrayList<>();

  @BeforeEach
  void start() throws SQLException {
    parent = PostgresServer.parent("CREATE TABLE t (id int PRIMARY KEY)");
    // On the same server, where later nobody gets in.
    HikariConfig pool = new HikariConfig();
    pool.setDataSource(PostgresServer.freshLedger());
    pool.setMaximumPoolSize(2);
    HikariDataSource sessions = new HikariDataSource(pool);
    opened.add(sessions);
    ledger = new Ledger(sessions);
    ledger.migrate();
  }

  @AfterEach
  void stop() throws Exception {
    leave();
    for (AutoCloseable each : opened) {
      each.close();
    }
    parent.close();
  }

  @Test
  void connectionsUsedUp_queue_untilSomebodyLeaves() throws SQLException {
    BranchActivities steps = steps(Storage.UNLIMITED);
    BranchRef ref = Shop.newBranch(parent);

    int free = Integer.parseInt(ask("SELECT current_setting('max_connections')")) - sessions();
    crowd(free - 3 - 6);
    Failure crowded = failureOf(() -> create(steps, ref));
    crowd(6);
    Failure full = failureOf(() -> create(steps, ref));
    leave();

    assertThat(crowded.code()).isEqualTo(ErrorCode.QUEUED);
    assertThat(crowded.message())
        .matches(
            "place 1 of 1: the server of parent '%s' has [1-6] of 200 connections free, a branch needs 8 and 2 are left to others"
                .formatted(ref.parent()));
    assertThat(full.code()).isEqualTo(ErrorCode.QUEUED);
    assertThat(full.message()).contains("the server of parent '%s' has ".formatted(ref.parent()));
    assertThat(ledger.branches().living()).isEmpty();
    create(steps, ref);
    drop(steps, ref);
  }

  @Test
  void ownersConnectionLimit_queues_orCanNeverDo() throws SQLException {
    BranchActivities steps = steps(Storage.UNLIMITED);
    BranchRef ref = Shop.newBranch(parent);
    String owner = parent.config().username();

    asSuperuser("ALTER ROLE %s CONNECTION LIMIT 2".formatted(owner));
    Failure never = failureOf(() -> create(steps, ref));
    asSuperuser("ALTER ROLE %s CONNECTION LIMIT 5".formatted(owner));
    for (int i = 0; i < 3; i++) {
      crowd.add(PostgresServer.connect("postgres", owner, parent.config().password()));
    }
    Failure now = failureOf(() -> create(steps, ref));
    asSuperuser("ALTER ROLE %s CONNECTION LIMIT -1".formatted(owner));
    leave();

    assertThat(never.code()).isEqualTo(ErrorCode.PARENT_UNSUITABLE);
    assertThat(never.message()).contains("role " + owner, "raise its CONNECTION LIMIT");
    assertThat(now.code()).isEqualTo(ErrorCode.QUEUED);
    assertThat(now.message())
        .contains(
            "role %s on the server of parent '%s' has 2 of 5 connections free, a branch needs 3"
                .formatted(owner, ref.parent()));
    create(steps, ref);
    drop(steps, ref);
  }

  @Test
  void storageThatBranchesHaveUsedUp_queues_untilOneIsGone() throws SQLException {
    BranchActivities steps = steps(new Storage(3 * bytes(), null, 0));
    BranchRef first = Shop.newBranch(parent);
    BranchRef second = Shop.newBranch(parent);
    create(steps, first);

    Failure queued = failureOf(() -> create(steps, second));
    drop(steps, first);

    assertThat(queued.code()).isEqualTo(ErrorCode.QUEUED);
    assertThat(queued.message())
        .matches(
            "place 1 of 1: branches of parent '%s' take \\d+ MB of \\d+ MB, and another takes \\d+ MB"
                .formatted(first.parent()));
    create(steps, second);
    drop(steps, second);
  }

  @Test
  void branchThatAloneExceedsTheStorage_isRefused_andNothingIsLeft() throws SQLException {
    BranchActivities steps = steps(new Storage(bytes(), null, 0));
    BranchRef ref = Shop.newBranch(parent);

    Failure refused = failureOf(() -> create(steps, ref));
    drop(steps, ref);

    assertThat(refused.code()).isEqualTo(ErrorCode.PARENT_UNSUITABLE);
    assertThat(refused.message())
        .contains("raise parents.%s.max-branch-storage".formatted(ref.parent()));
    assertThat(ledger.branches().living()).isEmpty();
    assertThat(PostgresBranchTest.left(ref)).isEmpty();
  }

  @Test
  void diskThatIsNearlyFull_queues_andOneThatIsTooSmallIsRefused() throws Exception {
    BranchRef ref = Shop.newBranch(parent);
    long usable = Files.getFileStore(DISK).getUsableSpace();

    Failure queued =
        failureOf(() -> create(steps(new Storage(null, DISK, usable + 50 * MEGABYTE)), ref));
    Failure never =
        failureOf(() -> create(steps(new Storage(null, DISK, Long.MAX_VALUE / 4)), ref));
    Failure unseen =
        failureOf(() -> create(steps(new Storage(null, DISK.resolve("no such"), 0)), ref));

    assertThat(queued.code()).isEqualTo(ErrorCode.QUEUED);
    assertThat(queued.message())
        .contains("the disk of the server of parent", "stay free, and a branch takes");
    assertThat(never.code()).isEqualTo(ErrorCode.PARENT_UNSUITABLE);
    assertThat(never.message()).contains("lower parents.%s.min-free-disk".formatted(ref.parent()));
    assertThat(unseen.code()).isEqualTo(ErrorCode.PARENT_UNSUITABLE);
    assertThat(unseen.message()).contains("data-directory").doesNotContain("no such");
    BranchActivities steps = steps(new Storage(null, DISK, MEGABYTE));
    create(steps, ref);
    drop(steps, ref);
  }

  @Test
  void branchThatIsBeingMade_isFinished_whateverRoomThereIs() throws SQLException {
    BranchRef ref = Shop.newBranch(parent);
    create(steps(Storage.UNLIMITED), ref);
    BranchActivities crowded = steps(new Storage(2 * bytes(), null, 0));

    create(crowded, ref);

    assertThat(ledger.branches().living()).extracting(Registered::ref).containsExactly(ref);
    drop(crowded, ref);
  }

  @Test
  void doctorTellsTheSameNumbers() throws IOException, SQLException {
    PostgresBranchProvider provider =
        provider(new Storage(bytes(), DISK, Files.getFileStore(DISK).getUsableSpace()));

    List<HealthFinding> findings = provider.examine();

    assertThat(findings)
        .anySatisfy(
            each -> {
              assertThat(each.level()).isEqualTo(Level.OK);
              assertThat(each.finding()).contains("of 200 connections free, a branch needs 8");
            })
        .anySatisfy(
            each -> {
              assertThat(each.level()).isEqualTo(Level.BROKEN);
              assertThat(each.finding()).contains("take 0 MB of ");
              assertThat(each.remedy()).contains("max-branch-storage");
            })
        .anySatisfy(
            each -> {
              assertThat(each.level()).isEqualTo(Level.WARNING);
              assertThat(each.finding()).startsWith("the disk of the server of parent");
              assertThat(each.remedy()).contains("min-free-disk");
            });
  }

  private BranchActivities steps(Storage storage) {
    ParentConfig config = config(storage);
    StepByStep steps = StepByStep.on(config, ledger);
    opened.add(steps);
    return steps.steps(BranchActivities.class);
  }

  private PostgresBranchProvider provider(Storage storage) {
    PostgresBranchProvider provider = new PostgresBranchProvider(config(storage));
    opened.add(provider);
    return provider;
  }

  private ParentConfig config(Storage storage) {
    return parent.config().toBuilder().storage(storage).build();
  }

  private long bytes() throws SQLException {
    return Long.parseLong(ask("SELECT pg_database_size('%s')".formatted(parent.database())));
  }

  /** Everybody of the server's, this one too. */
  private static int sessions() throws SQLException {
    return Integer.parseInt(
        ask("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"));
  }

  /** So many more sessions of others, as far as there is room. */
  private void crowd(int sessions) throws SQLException {
    for (int i = 0; i < sessions; i++) {
      try {
        crowd.add(PostgresServer.superuser("postgres"));
      } catch (SQLException e) {
        if (!"53300".equals(e.getSQLState())) {
          throw e;
        }
        return;
      }
    }
  }

  private void leave() throws SQLException {
    for (Connection each : crowd) {
      each.close();
    }
    crowd.clear();
  }

  private static String ask(String query) throws SQLException {
    try (Connection superuser = PostgresServer.superuser("postgres")) {
      return Sql.only(superuser, query, row -> row.getString(1));
    }
  }

  private static void asSuperuser(String statement) throws SQLException {
    try (Connection superuser = PostgresServer.superuser("postgres")) {
      Sql.execute(superuser, statement);
    }
  }

  private static void create(BranchActivities steps, BranchRef ref) {
    ExperimentSpec spec =
        ExperimentSpec.builder().goal("try").parent(ref.parent()).requestedBy("agent").build();
    var unused =
        steps.createBranch(
            new CreateBranch(ref, ref.experimentId().workflowId(), "run", spec, Shop.DEADLINE));
  }

  private static void drop(BranchActivities steps, BranchRef ref) {
    steps.dropBranch(new DropBranch(ref, "run", "done"));
  }

  private static Failure failureOf(Runnable step) {
    Failure[] failure = new Failure[1];
    assertThatThrownBy(step::run).satisfies(e -> failure[0] = Failures.fromTemporal(e));
    return failure[0];
  }
}
