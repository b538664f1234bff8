package dev.offshoot.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.PostgresServer;
import dev.offshoot.StepByStep;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.sql.Sql;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What notices attacks does notice them: here they succeed, since a superuser does them. */
class HostileOraclesTest {
  private static Scene scene;
  private static StepByStep steps;
  private static BranchRef branch;

  /**
   * @param database where the superuser does it
   * @param deed what it does
   * @param undo makes it good again
   * @param noticed what must be said of it
   */
  record Success(String database, String deed, String undo, String noticed) {
    @Override
    public String toString() {
      return noticed;
    }
  }

  static Stream<Success> successes() {
    return Stream.of(
        new Success(
            "{parent}",
            "UPDATE accounts SET balance = 0 WHERE id = 1",
            "UPDATE accounts SET balance = 100 WHERE id = 1",
            "contents of the parent changed:\n  - (1,100)\n  + (1,0)"),
        new Success(
            "{parent}", "CREATE TABLE mine (a int)", "DROP TABLE mine", "contents of the parent"),
        new Success(
            "{neighbour}",
            "INSERT INTO scribbles VALUES ('mine')",
            "DELETE FROM scribbles WHERE line = 'mine'",
            "contents of another branch changed"),
        new Success(
            "{stranger}",
            "INSERT INTO treasure VALUES ('mine')",
            "DELETE FROM treasure WHERE word = 'mine'",
            "contents of another parent changed"),
        new Success("postgres", "CREATE ROLE mine", "DROP ROLE mine", "roles changed"),
        new Success(
            "postgres",
            "ALTER ROLE {owner} PASSWORD 'mine'",
            "ALTER ROLE {owner} PASSWORD 'secret-of-{owner}'",
            "roles changed"),
        new Success(
            "postgres",
            "GRANT pg_monitor TO {owner}",
            "REVOKE pg_monitor FROM {owner}",
            "memberships changed"),
        new Success("postgres", "CREATE DATABASE mine", "DROP DATABASE mine", "databases changed"),
        new Success(
            "postgres",
            "GRANT CONNECT ON DATABASE {parent} TO PUBLIC",
            "REVOKE CONNECT ON DATABASE {parent} FROM PUBLIC",
            "databases changed"),
        new Success(
            "postgres",
            "ALTER DATABASE {parent} SET work_mem = '1MB'",
            "ALTER DATABASE {parent} RESET ALL",
            "settings of roles and databases changed"),
        new Success(
            "postgres",
            "COMMENT ON ROLE {owner} IS 'mine'",
            "COMMENT ON ROLE {owner} IS NULL",
            "comments on roles and databases changed"),
        new Success(
            "postgres",
            "BEGIN; CREATE TABLE left_over (a int); PREPARE TRANSACTION 'mine'",
            "ROLLBACK PREPARED 'mine'",
            "prepared transactions changed"),
        new Success(
            "postgres",
            "ALTER SYSTEM SET work_mem = '5MB'",
            "ALTER SYSTEM RESET work_mem",
            "file postgresql.auto.conf changed"),
        new Success(
            "postgres",
            "COPY (SELECT 1) TO '{folder}/written'",
            "SELECT 1",
            "the canary's folder changed"));
  }

  /** The same for what the branch's own roles have while they stand. */
  static Stream<Success> gains() {
    return Stream.of(
        new Success(
            "postgres",
            "ALTER ROLE \"{branch}\" SUPERUSER",
            "ALTER ROLE \"{branch}\" NOSUPERUSER",
            "powers changed"),
        new Success(
            "postgres",
            "ALTER ROLE \"{base}\" CREATEROLE",
            "ALTER ROLE \"{base}\" NOCREATEROLE",
            "powers changed"),
        new Success(
            "postgres",
            "GRANT pg_read_server_files TO \"{branch}\"",
            "REVOKE pg_read_server_files FROM \"{branch}\"",
            "powers changed"),
        new Success(
            "postgres",
            "GRANT CONNECT ON DATABASE {stranger} TO \"{branch}\"",
            "REVOKE CONNECT ON DATABASE {stranger} FROM \"{branch}\"",
            "powers changed"),
        new Success(
            "postgres",
            "ALTER ROLE \"{branch}\" PASSWORD 'mine'",
            "ALTER ROLE \"{branch}\" PASSWORD NULL",
            "has a password"),
        new Success(
            "postgres",
            "ALTER ROLE \"{branch}\" SET work_mem = '1MB'",
            "ALTER ROLE \"{branch}\" RESET work_mem",
            "has settings"));
  }

  @BeforeAll
  static void open() throws SQLException, IOException {
    scene = Scene.open();
    steps = scene.steps(1L << 30, Duration.ofMinutes(1));
    branch = scene.newBranch();
    var unused = steps.create(branch, steps.spec().statement("SELECT 1").build());
  }

  @AfterAll
  static void close() throws SQLException, IOException {
    steps.dropFrozen(branch);
    steps.close();
    scene.close();
  }

  @ParameterizedTest
  @MethodSource("successes")
  void whatSucceedsOutside_isNoticed(Success success) throws SQLException, IOException {
    Surroundings before = Surroundings.of(scene);
    superuser(success.database(), success.deed());
    List<String> changes = before.changesIn(Surroundings.of(scene));
    superuser(success.database(), success.undo());

    assertThat(changes).anyMatch(change -> change.contains(success.noticed()));
  }

  @ParameterizedTest
  @MethodSource("gains")
  void whatABranchGains_isNoticed(Success success) throws SQLException {
    BranchPowers before = BranchPowers.of(branch);
    superuser(success.database(), success.deed());
    List<String> gains = before.gainedBy(branch);
    superuser(success.database(), success.undo());

    assertThat(gains).anyMatch(gain -> gain.contains(success.noticed()));
    assertThat(before.gainedBy(branch)).isEmpty();
  }

  @Test
  void nothing_isNoticedWhereNothingHappens() throws SQLException, IOException {
    assertThat(Surroundings.of(scene).changesIn(Surroundings.of(scene))).isEmpty();
  }

  @Test
  void advisoryLockThatIsHeld_isNoticed() throws SQLException, IOException {
    Surroundings before = Surroundings.of(scene);
    try (Connection holder = PostgresServer.superuser("postgres")) {
      Sql.execute(holder, "SELECT pg_advisory_lock(4711)");

      assertThat(before.changesIn(Surroundings.of(scene)))
          .anyMatch(change -> change.startsWith("advisory locks changed"));
    }
  }

  @Test
  void sessionThatIsLeft_isNoticed() throws SQLException {
    superuser("postgres", "ALTER ROLE \"{branch}\" LOGIN PASSWORD 'mine'");
    try (Connection left =
        PostgresServer.connect(branch.branchName(), branch.branchName(), "mine")) {
      assertThat(left.isValid(1)).isTrue();

      assertThat(BranchPowers.sessions(branch)).isNotEmpty();
    }
    superuser("postgres", "ALTER ROLE \"{branch}\" PASSWORD NULL");
  }

  @Test
  void canaryThatIsTouched_isNoticed() throws SQLException, IOException {
    Surroundings before = Surroundings.of(scene);
    FileTime time = Files.getLastModifiedTime(scene.canaryFile);
    Files.setLastModifiedTime(scene.canaryFile, FileTime.fromMillis(time.toMillis() + 1));

    assertThat(before.changesIn(Surroundings.of(scene)))
        .anyMatch(change -> change.startsWith("the canary's folder changed"));
    Files.setLastModifiedTime(scene.canaryFile, time);
  }

  /** A branch that is not taken away changes roles and databases. */
  @Test
  void branchThatIsLeft_isNoticed() throws SQLException, IOException {
    Surroundings before = Surroundings.of(scene);
    BranchRef left = scene.newBranch();
    var unused = steps.create(left, steps.spec().statement("SELECT 1").build());
    List<String> changes = before.changesIn(Surroundings.of(scene));
    steps.dropFrozen(left);

    assertThat(changes)
        .anyMatch(change -> change.startsWith("roles changed"))
        .anyMatch(change -> change.startsWith("databases changed"));
    assertThat(before.changesIn(Surroundings.of(scene))).isEmpty();
  }

  @Test
  void secretsAndHiddenCharacters_areNoticedWhereverTheyAreTold() {
    try (Told told = Told.listen()) {
      told.value(List.of("x" + scene.parent.config().password()));
      told.error(new IllegalStateException("x", new SQLException(Scene.CANARY + "file")));
      told.shown("a value", List.of("a\u202eb"));
      org.slf4j.LoggerFactory.getLogger("dev.offshoot.anything").debug("{}treasure", Scene.CANARY);

      List<String> problems = new ArrayList<>(told.problems(scene.secrets()));
      assertThat(problems).filteredOn(problem -> problem.contains("a secret is told")).hasSize(3);
      assertThat(problems).anyMatch(problem -> problem.contains("a value hides characters"));
    }
  }

  /**
   * An experiment that is told a canary, one that is not refused, one that is refused otherwise.
   */
  @Test
  void attackThatComesOutOtherwise_isNoticed() throws SQLException, IOException {
    assertThat(problems("SELECT 'can' || 'ary-told'", "nothing changed"))
        .anyMatch(problem -> problem.contains("a secret is told"));
    assertThat(problems("SELECT 1", "experiment: PERMISSION_DENIED 42501"))
        .contains("not refused at experiment");
    assertThat(problems("SELECT 1/0", "experiment: PERMISSION_DENIED 42501"))
        .anyMatch(problem -> problem.startsWith("refused otherwise at experiment"));
    assertThat(problems("UPDATE items SET note = 'x'", "hazards: DROPS_TABLE"))
        .anyMatch(problem -> problem.startsWith("hazards are"));
    assertThat(problems("UPDATE items SET note = 'x'", "nothing changed"))
        .anyMatch(problem -> problem.startsWith("nothing changed is false"));
    assertThat(problems("UPDATE items SET note = 'x'", "merge: MERGE_REFUSED"))
        .contains("the merge is merged", "not refused at merge");
  }

  private static List<String> problems(String experiment, String expected)
      throws SQLException, IOException {
    String text = "=== x\n--- experiment\n%s\n--- expected\n%s\n".formatted(experiment, expected);
    return Performance.problems(Attack.parse("oracle", text).get(0), Delivery.Way.SCRIPT, scene);
  }

  private static void superuser(String database, String sql) throws SQLException {
    try (Connection superuser = PostgresServer.superuser(scene.named(database, branch))) {
      Sql.execute(superuser, scene.named(sql, branch));
    }
  }
}
