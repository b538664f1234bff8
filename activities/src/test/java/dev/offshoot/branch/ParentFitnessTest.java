package dev.offshoot.branch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.offshoot.PostgresServer;
import dev.offshoot.TestParent;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.HealthFinding;
import dev.offshoot.domain.HealthFinding.Level;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.policy.HazardSettings;
import dev.offshoot.policy.SensitiveName;
import dev.offshoot.sql.Sql;
import dev.offshoot.step.Progress;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Parents that cannot be branched: a clear answer with the remedy, and nothing left behind. */
class ParentFitnessTest {
  private static final Duration SIX_SECONDS = Duration.ofSeconds(6);

  /** The server itself waits for five; a busy machine may be late once, not three times. */
  @Test
  @Timeout(40)
  void busyParent_isRefusedWithinSixSeconds_sayingWhoIsConnected() throws SQLException {
    try (TestParent parent = PostgresServer.parent("CREATE TABLE t (id int)");
        Connection app = parent.superuserConnection()) {
      Sql.execute(app, "SET application_name = 'billing'");
      Duration quickest = Duration.ofDays(1);
      for (int i = 0; i < 3 && quickest.compareTo(SIX_SECONDS) >= 0; i++) {
        long begun = System.nanoTime();

        OffshootException refused = refusal(parent, parent.config());

        Duration taken = Duration.ofNanos(System.nanoTime() - begun);
        quickest = taken.compareTo(quickest) < 0 ? taken : quickest;
        assertThat(refused.code()).isEqualTo(ErrorCode.PARENT_BUSY);
        assertThat(refused).hasMessageContaining("1 of postgres (billing)");
      }
      assertThat(quickest).isLessThan(SIX_SECONDS);
    }
  }

  @Test
  @Timeout(20)
  void parentHeldByOurOwnSessions_isOnlyTaken_andTriedAgain() throws SQLException {
    try (TestParent parent = PostgresServer.parent("");
        PostgresBranchProvider provider = new PostgresBranchProvider(parent.config())) {
      BranchRef ref = Shop.newBranch(parent);
      try (Connection merge = provider.openParent()) {
        assertThat(merge.isValid(1)).isTrue();

        assertThatThrownBy(() -> provider.create(ref, Shop.DEADLINE, Progress.NONE))
            .isInstanceOfSatisfying(
                OffshootException.class,
                e -> assertThat(e.code()).isEqualTo(ErrorCode.PARENT_TAKEN));
      }
      assertThat(provider.create(ref, Shop.DEADLINE, Progress.NONE).ref()).isEqualTo(ref);
    }
  }

  @Test
  void shortSessionOnTheParent_isWaitedFor() throws Exception {
    try (TestParent parent = PostgresServer.parent("");
        PostgresBranchProvider provider = new PostgresBranchProvider(parent.config())) {
      Connection app = parent.ownerConnection();
      Thread closing =
          new Thread(
              () -> {
                try {
                  Thread.sleep(800);
                  app.close();
                } catch (SQLException | InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              });
      closing.start();

      BranchRef ref = Shop.newBranch(parent);
      assertThat(provider.create(ref, Shop.DEADLINE, Progress.NONE).ref()).isEqualTo(ref);
      closing.join();
    }
  }

  @Test
  @Timeout(20)
  void parentWithAPreparedTransaction_isBusy_andItIsSaid() throws SQLException {
    try (TestParent parent = PostgresServer.parent("CREATE TABLE t (id int)")) {
      parent.execute("BEGIN; INSERT INTO t VALUES (1); PREPARE TRANSACTION 'left'");

      OffshootException refused = refusal(parent, parent.config());

      assertThat(refused.code()).isEqualTo(ErrorCode.PARENT_BUSY);
      assertThat(refused).hasMessageContaining("1 prepared transaction");
      parent.execute("ROLLBACK PREPARED 'left'");
    }
  }

  @Test
  void superuser_isRefused() throws SQLException {
    try (TestParent parent = PostgresServer.parent("")) {
      asSuperuser("ALTER ROLE %s SUPERUSER".formatted(parent.config().username()));

      OffshootException refused = refusal(parent, parent.config());

      assertThat(refused.code()).isEqualTo(ErrorCode.PARENT_UNSUITABLE);
      assertThat(refused).hasMessageContaining("superuser").hasMessageContaining("CREATE ROLE");
    }
  }

  @Test
  void missingRightsAndOwnership_areAllNamedAtOnce_withTheSqlThatGivesThem() throws SQLException {
    try (TestParent parent = PostgresServer.parent("")) {
      String owner = parent.config().username();
      asSuperuser(
          "ALTER ROLE %s NOCREATEDB NOCREATEROLE; ALTER DATABASE %s OWNER TO postgres"
              .formatted(owner, parent.database()));

      OffshootException refused = refusal(parent, parent.config());

      assertThat(refused.code()).isEqualTo(ErrorCode.PARENT_UNSUITABLE);
      assertThat(refused)
          .hasMessageContaining("ALTER ROLE \"%s\" CREATEDB CREATEROLE".formatted(owner))
          .hasMessageContaining(
              "ALTER DATABASE \"%s\" OWNER TO \"%s\"".formatted(parent.database(), owner));
      asSuperuser(
          "ALTER ROLE %s CREATEDB CREATEROLE; ALTER DATABASE %s OWNER TO %s"
              .formatted(owner, parent.database(), owner));
      assertThat(created(parent)).isTrue();
    }
  }

  @Test
  void tableOfAnotherRole_isNamed() throws SQLException {
    try (TestParent parent = PostgresServer.parent("CREATE TABLE \"Odd t\" (id int)")) {
      Shop.run(parent.superuserConnection(), "ALTER TABLE \"Odd t\" OWNER TO postgres");

      OffshootException refused = refusal(parent, parent.config());

      assertThat(refused.code()).isEqualTo(ErrorCode.PARENT_UNSUITABLE);
      assertThat(refused).hasMessageContaining("table public.\"Odd t\" (of postgres)");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {13, 19})
  void serverOfAVersionThatWasNotTried_isRefused_andTheDoctorSaysWhichAreGood(int major)
      throws Exception {
    assumeNewestServer();
    try (TestParent parent = PostgresServer.parent("");
        PretendedVersion server = new PretendedVersion(major)) {
      String finding = "the server is Postgres " + server.name();
      String remedy = "use Postgres 14, 15, 16, 17 or 18";

      OffshootException refused = refusal(parent, behind(server, parent));

      assertThat(refused.code()).isEqualTo(ErrorCode.PARENT_UNSUITABLE);
      assertThat(refused).hasMessageContaining(finding + "; " + remedy);
      try (PostgresBranchProvider provider = new PostgresBranchProvider(behind(server, parent))) {
        assertThatThrownBy(provider::requireFit).hasMessage(refused.getMessage());
        assertThat(provider.examine())
            .filteredOn(found -> found.level() == Level.BROKEN)
            .extracting(HealthFinding::finding, HealthFinding::remedy)
            .containsExactly(tuple(finding, remedy));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {14, 18})
  void serverOfTheOldestOrNewestVersion_isFit(int major) throws Exception {
    assumeNewestServer();
    try (TestParent parent = PostgresServer.parent("");
        PretendedVersion server = new PretendedVersion(major);
        PostgresBranchProvider provider = new PostgresBranchProvider(behind(server, parent))) {
      provider.requireFit();

      assertThat(provider.examine()).noneMatch(finding -> finding.level() == Level.BROKEN);
      assertThat(findings(provider)).contains("Postgres " + server.name());
    }
  }

  private static void assumeNewestServer() {
    assumeThat(PostgresServer.majorVersion())
        .as("an older server does not know what a newer one is asked")
        .isEqualTo(18);
  }

  private static ParentConfig behind(PretendedVersion server, TestParent parent) {
    ParentConfig config = parent.config();
    return ParentConfig.of(
        config.name(), server.url(config.url()), config.username(), config.password());
  }

  @Test
  void sensitiveNamesThatNothingBears_areRefusedAndFoundByTheDoctor_andOnlyThose()
      throws SQLException {
    try (TestParent parent =
        PostgresServer.parent(
            "CREATE TABLE \"Odd t\" (id int, \"Odd c\" int); CREATE TABLE p (id int) PARTITION BY RANGE (id); CREATE VIEW v AS SELECT 1 AS id; ALTER TABLE \"Odd t\" DROP COLUMN id")) {
      ParentConfig wrong =
          calling(
              parent.config(),
              "public.\"Odd t\"",
              "public.\"Odd t\".\"Odd c\"",
              "public.\"Odd t\".id",
              "public.odd_t",
              "public.v",
              "public.p.id");

      OffshootException refused = refusal(parent, wrong);

      assertThat(refused.code()).isEqualTo(ErrorCode.PARENT_UNSUITABLE);
      assertThat(refused)
          .hasMessageContaining("is called public.Odd t.id or public.odd_t or public.v, so")
          .hasMessageContaining("parents.%s.sensitive".formatted(parent.config().name()));
      try (PostgresBranchProvider provider = new PostgresBranchProvider(wrong)) {
        assertThat(provider.examine())
            .filteredOn(finding -> finding.level() == Level.BROKEN)
            .singleElement()
            .satisfies(
                finding ->
                    assertThat(finding.finding())
                        .contains("public.Odd t.id or public.odd_t or public.v, so"));
      }
      ParentConfig right = calling(parent.config(), "public.\"Odd t\".\"Odd c\"", "public.p.id");
      try (PostgresBranchProvider provider = new PostgresBranchProvider(right)) {
        assertThat(provider.examine()).noneMatch(finding -> finding.level() == Level.BROKEN);
        BranchRef ref = Shop.newBranch(parent);
        assertThat(provider.create(ref, Shop.DEADLINE, Progress.NONE).ref()).isEqualTo(ref);
      }
    }
  }

  private static ParentConfig calling(ParentConfig config, String... sensitive) {
    return config.toBuilder()
        .hazards(
            new HazardSettings(
                Map.of(),
                HazardSettings.DEFAULT.maxChangedRows(),
                HazardSettings.DEFAULT.limits(),
                Stream.of(sensitive).map(name -> SensitiveName.parse(name).orElseThrow()).toList()))
        .build();
  }

  @Test
  void wrongPassword_isAccessDenied_andItIsNowhereInTheError() throws SQLException {
    try (TestParent parent = PostgresServer.parent("")) {
      OffshootException refused =
          refusal(
              parent,
              ParentConfig.of(
                  parent.config().name(),
                  parent.config().url(),
                  parent.config().username(),
                  "hush-hush"));

      assertThat(refused.code()).isEqualTo(ErrorCode.PARENT_ACCESS_DENIED);
      assertThat(stackTrace(refused)).doesNotContain("hush-hush");
    }
  }

  @Test
  void serverThatIsDown_isUnreachable_andTriedAgain() throws SQLException {
    try (TestParent parent = PostgresServer.parent("")) {
      ParentConfig down =
          ParentConfig.of("down", "jdbc:postgresql://127.0.0.1:1/x", "u", "hush-hush");

      OffshootException refused = refusal(parent, down);

      assertThat(refused.code()).isEqualTo(ErrorCode.PARENT_UNREACHABLE);
      assertThat(refused.code().retryable()).isTrue();
      assertThat(refused).hasMessageNotContaining("127.0.0.1");
      assertThat(stackTrace(refused)).doesNotContain("hush-hush");
      try (PostgresBranchProvider provider = new PostgresBranchProvider(down)) {
        assertThat(provider.examine())
            .extracting(HealthFinding::level)
            .containsExactly(Level.BROKEN);
      }
    }
  }

  @Test
  void missingDatabase_isNamed() throws SQLException {
    try (TestParent parent = PostgresServer.parent("")) {
      ParentConfig config =
          ParentConfig.of(
              "shop",
              PostgresServer.url("nowhere"),
              parent.config().username(),
              parent.config().password());

      OffshootException refused = refusal(parent, config);

      assertThat(refused.code()).isEqualTo(ErrorCode.PARENT_UNSUITABLE);
      assertThat(refused)
          .hasMessageContaining("'nowhere'")
          .hasMessageContaining("parents.shop.url");
    }
  }

  @Test
  void doctor_findsAFitParent_warnsOfOpenDoorsAndOfThoseConnected() throws SQLException {
    try (TestParent parent = PostgresServer.parent("");
        PostgresBranchProvider provider = new PostgresBranchProvider(parent.config())) {
      assertThat(provider.examine()).noneMatch(finding -> finding.level() == Level.BROKEN);
      assertThat(findings(provider)).contains("is fit for branches", "0 of at most 20 branches");

      asSuperuser("GRANT CONNECT ON DATABASE %s TO PUBLIC".formatted(parent.database()));
      try (Connection app = parent.ownerConnection()) {
        assertThat(app.isValid(1)).isTrue();
        List<HealthFinding> warnings =
            provider.examine().stream().filter(f -> f.level() == Level.WARNING).toList();

        assertThat(warnings)
            .anyMatch(
                f -> f.remedy().startsWith("REVOKE CONNECT ON DATABASE \"" + parent.database()))
            .anyMatch(f -> f.finding().contains("1 of " + parent.config().username()));
      }
    }
  }

  private static String findings(PostgresBranchProvider provider) {
    return String.join("\n", provider.examine().stream().map(HealthFinding::finding).toList());
  }

  /** The refusal; asserts that nothing of the branch is left. */
  private static OffshootException refusal(TestParent parent, ParentConfig config)
      throws SQLException {
    BranchRef ref = Shop.newBranch(parent);
    OffshootException[] refused = new OffshootException[1];
    try (PostgresBranchProvider provider = new PostgresBranchProvider(config)) {
      assertThatThrownBy(() -> provider.create(ref, Shop.DEADLINE, Progress.NONE))
          .isInstanceOfSatisfying(OffshootException.class, e -> refused[0] = e);
    }
    assertThat(PostgresBranchTest.left(ref)).isEmpty();
    return refused[0];
  }

  private static boolean created(TestParent parent) {
    try (PostgresBranchProvider provider = new PostgresBranchProvider(parent.config())) {
      BranchRef ref = Shop.newBranch(parent);
      return provider.create(ref, Shop.DEADLINE, Progress.NONE).ref().equals(ref);
    }
  }

  private static void asSuperuser(String sql) throws SQLException {
    for (String statement : sql.split(";", -1)) {
      Shop.run(PostgresServer.superuser("postgres"), statement);
    }
  }

  private static String stackTrace(Throwable error) {
    StringWriter text = new StringWriter();
    error.printStackTrace(new PrintWriter(text));
    return text.toString();
  }
}
