package dev.offshoot.branch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.offshoot.BranchServer;
import dev.offshoot.PostgresPrograms;
import dev.offshoot.PostgresServer;
import dev.offshoot.TestParent;
import dev.offshoot.domain.BranchInfo;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.RefreshReport;
import dev.offshoot.sql.Sql;
import dev.offshoot.step.Progress;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Source copies made by the real {@code pg_dump} and {@code pg_restore}, on another server. */
class SourceRefreshTest {
  private static TestParent parent;
  private static Path programs;

  @BeforeAll
  static void start() throws SQLException {
    Optional<Path> folder = PostgresPrograms.folder("pg_dump", "pg_restore");
    assumeTrue(folder.isPresent(), "no pg_dump of this server's version: .ci/run fetches 18");
    programs = folder.get();
    parent =
        PostgresServer.parent(
            Shop.SQL
                + """
                CREATE TABLE kind (k varchar CHECK (k IN ('a', 'b')));
                COMMENT ON TABLE customer IS 'people';
                GRANT SELECT ON customer TO pg_monitor;
                SELECT setval('ticket', 4711);
                """);
  }

  @AfterAll
  static void stop() throws SQLException {
    if (parent != null) {
      parent.close();
    }
  }

  @Test
  void copy_isTheParent_whileItsUsersStay_andBranchesAreMadeOfIt() throws SQLException {
    ParentConfig config = config();
    List<String> reports = new ArrayList<>();
    try (Connection application = parent.ownerConnection();
        PostgresBranchProvider provider = new PostgresBranchProvider(config)) {
      Instant before = Instant.now();

      RefreshReport report = new SourceRefresh(config).run(listening(reports));

      assertThat(application.isValid(1)).isTrue();
      assertThat(report.database()).isEqualTo(BranchServer.databaseOf(config));
      assertThat(report.refreshedAt()).isBetween(before.minusSeconds(1), Instant.now());
      assertThat(report.notes()).isEmpty();
      assertThat(report.tables()).isPositive();
      assertThat(reports).anyMatch(what -> what.contains("putting the new copy in place"));
      BranchRef ref = Shop.newBranch(parent);
      BranchInfo info = provider.create(ref, Shop.DEADLINE, Progress.NONE);

      assertThat(info.branchPoint()).isEqualTo(report.refreshedAt());
      assertThat(info.source().refreshedAt()).isEqualTo(report.refreshedAt());
      assertThat(info.source().drift()).isEmpty();
      assertThat(marker(config).reworded()).as("the dump words the check otherwise").isNotEmpty();
      assertThat(info.outageMillis()).isNull();
      try (Connection branch = provider.openForExperiment(ref)) {
        assertThat(number(branch, "SELECT count(*) FROM orders")).isEqualTo(50);
        assertThat(number(branch, "SELECT last_value FROM ticket")).isEqualTo(4711);
      }
      assertThat(provider.view().source()).isEqualTo(info.source());
      provider.drop(ref);
      assertThat(databases(config)).containsExactly(BranchServer.databaseOf(config));
    }
  }

  @Test
  void secondRefresh_takesThePlace_andBranchesOfTheFirstStay() throws SQLException {
    ParentConfig config = config();
    try (PostgresBranchProvider provider = new PostgresBranchProvider(config)) {
      new SourceRefresh(config).run(Progress.NONE);
      BranchRef ref = Shop.newBranch(parent);
      provider.create(ref, Shop.DEADLINE, Progress.NONE);
      parent.execute("INSERT INTO sales.events VALUES ('2026-06-01', 'later')");

      new SourceRefresh(config).run(Progress.NONE);

      try (Connection branch = provider.openForExperiment(ref);
          Connection copy = BranchServer.owner(BranchServer.databaseOf(config))) {
        String later = "SELECT count(*) FROM sales.events WHERE what = 'later'";
        assertThat(number(branch, later)).isZero();
        assertThat(number(copy, later)).isEqualTo(1);
      }
      provider.drop(ref);
      assertThat(databases(config)).containsExactly(BranchServer.databaseOf(config));
    }
  }

  @Test
  void schemaThatTheParentChangesLater_isNamed_andRefused_untilTheCopyIsMadeAnew()
      throws SQLException {
    ParentConfig config = config();
    try (PostgresBranchProvider provider = new PostgresBranchProvider(config)) {
      new SourceRefresh(config).run(Progress.NONE);
      parent.execute("ALTER TABLE kind ADD COLUMN since date");
      BranchRef ref = Shop.newBranch(parent);

      assertThatThrownBy(() -> provider.create(ref, Shop.DEADLINE, Progress.NONE))
          .isInstanceOfSatisfying(
              OffshootException.class,
              e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.SOURCE_OUTDATED);
                assertThat(e)
                    .hasMessageContaining("public.kind.since")
                    .hasMessageContaining("offshoot parent refresh");
              });
      assertThat(provider.view().source().drift()).isNotEmpty();

      new SourceRefresh(config).run(Progress.NONE);
      assertThat(provider.create(ref, Shop.DEADLINE, Progress.NONE).source().drift()).isEmpty();
      provider.drop(ref);
    }
  }

  @Test
  void refreshThatFails_leavesTheOldCopy_andNothingElse() throws SQLException {
    try (TestParent withExtension = PostgresServer.parent("CREATE TABLE t (id int)")) {
      ParentConfig config = config(withExtension);
      new SourceRefresh(config).run(Progress.NONE);
      Instant before = age(config);
      try (Connection superuser = withExtension.superuserConnection()) {
        Sql.execute(superuser, "CREATE EXTENSION pageinspect");
      }

      assertThatThrownBy(() -> new SourceRefresh(config).run(Progress.NONE))
          .isInstanceOfSatisfying(
              OffshootException.class,
              e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.PARENT_UNSUITABLE);
                assertThat(e)
                    .hasMessageContaining("CREATE EXTENSION pageinspect")
                    .hasMessageNotContaining("secret");
              });

      assertThat(databases(config)).containsExactly(BranchServer.databaseOf(config));
      assertThat(age(config)).isEqualTo(before);
    }
  }

  @Test
  void refreshThatIsCancelled_orWasKilled_leavesNothing() throws SQLException {
    ParentConfig config = config();
    Progress cancelling =
        new Progress() {
          @Override
          public void report(String what) {
            if (what.contains("analysing")) {
              throw new OffshootException(ErrorCode.CANCELLED, "cancelled");
            }
          }

          @Override
          public Interruptible interruptible(Statement statement) {
            return () -> {};
          }
        };

    assertThatThrownBy(() -> new SourceRefresh(config).run(cancelling))
        .hasMessageContaining("cancelled");
    assertThat(databases(config)).isEmpty();

    // as a worker that was killed leaves it
    try (Connection owner = BranchServer.owner("postgres")) {
      Sql.execute(
          owner, "CREATE DATABASE %s_offshoot_next".formatted(BranchServer.databaseOf(config)));
    }
    new SourceRefresh(config).run(Progress.NONE);
    assertThat(databases(config)).containsExactly(BranchServer.databaseOf(config));
  }

  @Test
  void copyThatSomebodyElseMade_isNeverReplaced_butBranchedFrom() throws SQLException {
    try (TestParent own = PostgresServer.parent("CREATE TABLE t (id int)")) {
      ParentConfig config = config(own);
      BranchServer.makeCopy(config, "CREATE TABLE t (id int)", "as of 2026-01-02T03:04:05Z");

      assertThatThrownBy(() -> new SourceRefresh(config).run(Progress.NONE))
          .hasMessageContaining("was not made by a refresh");

      try (PostgresBranchProvider provider = new PostgresBranchProvider(config)) {
        BranchRef ref = Shop.newBranch(own);
        BranchInfo info = provider.create(ref, Shop.DEADLINE, Progress.NONE);
        assertThat(info.branchPoint()).isEqualTo("2026-01-02T03:04:05Z");
        provider.drop(ref);
      }
    }
  }

  @Test
  void parentOfASuperuser_isRefused_thoughItsBranchesLiveElsewhere() throws SQLException {
    try (TestParent own = PostgresServer.parent("CREATE TABLE t (id int)")) {
      ParentConfig config = config(own);
      BranchServer.makeCopy(config, "CREATE TABLE t (id int)", "as of 2026-01-02T03:04:05Z");
      String owner = own.config().username();
      try (Connection superuser = own.superuserConnection();
          PostgresBranchProvider provider = new PostgresBranchProvider(config)) {
        Sql.execute(superuser, "ALTER ROLE %s SUPERUSER".formatted(owner));

        assertThatThrownBy(() -> provider.create(Shop.newBranch(own), Shop.DEADLINE, Progress.NONE))
            .hasMessageContaining("be no superuser");
        assertThat(provider.standing()).isEmpty();
      }
    }
  }

  @Test
  void noCopyYet_saysHowToMakeIt() {
    try (PostgresBranchProvider provider = new PostgresBranchProvider(config())) {
      assertThatThrownBy(provider::requireFit)
          .hasMessageContaining("run offshoot parent refresh " + parent.config().name());
    }
  }

  @Test
  void programsOfAnotherVersion_areRefused() throws SQLException {
    ParentConfig config = BranchServer.withSource(parent.config(), OnDrift.REFUSE, Path.of("/no"));

    assertThatThrownBy(() -> new SourceRefresh(config).run(Progress.NONE))
        .hasMessageContaining("no pg_dump")
        .hasMessageContaining("source.pgBin");
    assertThat(databases(config)).isEmpty();
  }

  private static ParentConfig config() {
    return config(parent);
  }

  private static ParentConfig config(TestParent of) {
    return BranchServer.withSource(of.config(), OnDrift.REFUSE, programs);
  }

  private static Instant age(ParentConfig config) throws SQLException {
    return marker(config).refreshedAt();
  }

  private static SourceMarker marker(ParentConfig config) throws SQLException {
    try (Connection owner = BranchServer.owner("postgres")) {
      return SourceMarker.parse(SourceMarker.commentOf(owner, BranchServer.databaseOf(config)))
          .orElseThrow();
    }
  }

  private static List<String> databases(ParentConfig config) throws SQLException {
    try (Connection owner = BranchServer.owner("postgres")) {
      return Sql.list(
          owner,
          "SELECT datname FROM pg_database WHERE datname LIKE ? OR datname LIKE 'offshoot%' ORDER BY 1",
          row -> row.getString(1),
          BranchServer.databaseOf(config) + "%");
    }
  }

  private static long number(Connection session, String query) throws SQLException {
    return Sql.only(session, query, row -> row.getLong(1));
  }

  private static Progress listening(List<String> reports) {
    return new Progress() {
      @Override
      public void report(String what) {
        reports.add(what);
      }

      @Override
      public Interruptible interruptible(Statement statement) {
        return () -> {};
      }
    };
  }
}
