package dev.offshoot.branch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.PostgresServer;
import dev.offshoot.TestParent;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.sql.Sql;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the two roles of a branch can do, and above all what they cannot. */
class BranchRolesTest {
  private static TestParent parent;
  private static PostgresBranchProvider provider;
  private static BranchRef ref;
  private static BranchRef other;

  @BeforeAll
  static void start() throws SQLException {
    parent = PostgresServer.parent(Shop.SQL);
    provider = new PostgresBranchProvider(parent.config());
    ref = Shop.newBranch(parent);
    other = Shop.newBranch(parent);
    provider.create(ref, Shop.DEADLINE, Progress.NONE);
    provider.create(other, Shop.DEADLINE, Progress.NONE);
  }

  @AfterAll
  static void stop() throws SQLException {
    provider.close();
    parent.close();
  }

  /** The experiment may give itself a password; with it, it gets into its branch and no further. */
  @Test
  void experimentsLogin_opensItsOwnBranchOnly() throws SQLException {
    try (Connection agent = provider.openForExperiment(ref)) {
      Sql.execute(agent, "ALTER ROLE \"%s\" PASSWORD 'mine'".formatted(ref.branchName()));

      PostgresServer.connect(ref.branchName(), ref.branchName(), "mine").close();
      for (String forbidden :
          List.of(parent.database(), ref.baseName(), other.branchName(), other.baseName())) {
        assertThatThrownBy(
                () -> PostgresServer.connect(forbidden, ref.branchName(), "mine").close())
            .as(forbidden)
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
      }
    }
  }

  @Test
  void experimentsRole_isPowerless() throws SQLException {
    try (Connection agent = provider.openForExperiment(ref)) {
      for (String forbidden :
          List.of(
              "CREATE ROLE friend",
              "CREATE DATABASE mine",
              "DROP DATABASE \"%s\"".formatted(parent.database()),
              "ALTER DATABASE \"%s\" SET search_path = evil".formatted(ref.branchName()),
              "SET ROLE \"%s\"".formatted(parent.config().username()),
              "SET ROLE \"%s\"".formatted(ref.baseName()),
              "ALTER ROLE \"%s\" PASSWORD 'x'".formatted(ref.baseName()),
              "ALTER ROLE \"%s\" VALID UNTIL 'infinity'".formatted(ref.branchName()),
              "ALTER ROLE \"%s\" CONNECTION LIMIT 1000".formatted(ref.branchName()),
              "SELECT pg_read_file('/etc/passwd')",
              "COPY customer FROM '/etc/passwd'",
              "COPY customer TO PROGRAM 'cat'",
              "SELECT lo_import('/etc/passwd')",
              "CREATE EXTENSION file_fdw",
              "ALTER SYSTEM SET fsync = off",
              "SET session_replication_role = replica")) {
        assertThatThrownBy(() -> Sql.execute(agent, forbidden))
            .as(forbidden)
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(e.getSQLState()).isIn("42501", "0A000"));
      }
    }
  }

  @Test
  void experimentsRole_mayChangeWhateverTheParentsOwnerMay() throws SQLException {
    BranchRef free = Shop.newBranch(parent);
    provider.create(free, Shop.DEADLINE, Progress.NONE);
    try (Connection agent = provider.openForExperiment(free)) {
      for (String allowed :
          List.of(
              "ALTER TABLE customer ADD COLUMN more text",
              "ALTER TABLE sales.events ADD COLUMN more text",
              "ALTER TABLE sales.events DETACH PARTITION sales.events_2026",
              "ALTER TABLE orders DISABLE TRIGGER orders_touch",
              "ALTER POLICY everyone ON orders USING (false)",
              "ALTER TYPE mood ADD VALUE 'calm'",
              "ALTER TYPE address ADD ATTRIBUTE zip text",
              "ALTER DOMAIN email DROP CONSTRAINT email_check",
              "ALTER TYPE span RENAME TO stretch",
              "ALTER SEQUENCE ticket INCREMENT 5",
              "ALTER SEQUENCE orders_id_seq INCREMENT 5",
              "CREATE OR REPLACE FUNCTION twice(n int) RETURNS int LANGUAGE sql AS 'SELECT 2 * n'",
              "DROP PROCEDURE tidy",
              "DROP OPERATOR ~~~~ (int, int)",
              "DROP AGGREGATE total(int)",
              "REFRESH MATERIALIZED VIEW per_customer",
              "ALTER MATERIALIZED VIEW per_customer RENAME TO counts",
              "ALTER VIEW glad RENAME TO happy",
              "ALTER STATISTICS orders_stats SET STATISTICS 10",
              "ALTER TEXT SEARCH CONFIGURATION simple_one RENAME TO simple_two",
              "ALTER TEXT SEARCH DICTIONARY simple_dict RENAME TO simple_dict2",
              "ALTER COLLATION german RENAME TO deutsch",
              "ALTER CONVERSION latin RENAME TO latin2",
              "ALTER SCHEMA sales RENAME TO sold",
              "CREATE SCHEMA own",
              "CREATE TABLE public.fresh (id int)",
              "CREATE TEMP TABLE scratch (id int)",
              "TRUNCATE orders",
              "DROP SCHEMA sold CASCADE")) {
        Sql.execute(agent, allowed);
      }
    }
    provider.drop(free);
  }

  @Test
  void nothingInTheBase_isLeftToTheParentsOwner_butWhatMustBe() throws SQLException {
    try (Connection superuser = PostgresServer.superuser(ref.baseName())) {
      List<String> left =
          Sql.list(
              superuser,
              """
              SELECT pg_describe_object(classid, objid, 0) FROM pg_shdepend
              WHERE refobjid = ?::regrole AND deptype = 'o'
                AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
              """,
              row -> row.getString(1),
              parent.config().username());
      // Before 17 there is no statement that gives a multirange type another owner.
      assertThat(left)
          .isEqualTo(
              PostgresServer.majorVersion() < 17 ? List.of("type span_multirange") : List.of());
    }
  }

  @Test
  void reader_seesWhatTheExperimentMade_andCannotBeLockedOut() throws SQLException {
    BranchRef mine = Shop.newBranch(parent);
    provider.create(mine, Shop.DEADLINE, Progress.NONE);
    try (Connection agent = provider.openForExperiment(mine)) {
      Sql.execute(
          agent,
          """
          CREATE TABLE fresh (id int);
          INSERT INTO fresh VALUES (42);
          CREATE SCHEMA hidden;
          CREATE TABLE hidden.secret (id int);
          ALTER ROLE "%1$s" SET search_path = hidden;
          ALTER ROLE "%1$s" SET default_transaction_read_only = on;
          ALTER ROLE "%1$s" PASSWORD 'mine';
          """
              .formatted(mine.branchName()));
      // Before 16 a role may take itself away from its members.
      try {
        Sql.execute(
            agent, "REVOKE \"%s\" FROM \"%s\"".formatted(mine.branchName(), mine.baseName()));
        assertThat(PostgresServer.majorVersion()).isLessThan(16);
      } catch (SQLException e) {
        assertThat(e.getSQLState()).isEqualTo("42501");
      }
      // Its five sessions are its own: they do not crowd out the reader.
      List<Connection> crowd = new ArrayList<>();
      for (int n = 0; n < 4; n++) {
        crowd.add(PostgresServer.connect(mine.branchName(), mine.branchName(), "mine"));
      }

      try (Connection reader = provider.openBranchForReading(mine)) {
        int id = Sql.only(reader, "SELECT id FROM fresh", row -> row.getInt(1));
        assertThat(id).isEqualTo(42);
        Sql.execute(reader, "SELECT FROM hidden.secret");
      }
      for (Connection one : crowd) {
        one.close();
      }
    }
    provider.drop(mine);
  }

  @Test
  void reader_changesTheBaseAsTheExperimentWould_andGetsNowhereElse() throws SQLException {
    try (Connection reader = provider.openBaseForReading(ref)) {
      reader.setAutoCommit(false);
      Sql.execute(
          reader,
          "ALTER TABLE customer ADD COLUMN more text; CREATE SCHEMA fresh; CREATE TABLE public.t ()");
      reader.rollback();
      reader.setAutoCommit(true);
      Sql.execute(reader, "ALTER ROLE \"%s\" PASSWORD 'mine'".formatted(ref.baseName()));

      assertThatThrownBy(
              () -> PostgresServer.connect(parent.database(), ref.baseName(), "mine").close())
          .isInstanceOf(SQLException.class);
      assertThatThrownBy(() -> Sql.execute(reader, "SELECT pg_read_file('/etc/passwd')"))
          .isInstanceOf(SQLException.class);
    }
  }

  /** On a server of our own, pg_hba lets these roles only into databases of the same role. */
  @Test
  void bothRoles_fitTheRuleSamerole() throws SQLException {
    try (Connection superuser = PostgresServer.superuser("postgres")) {
      boolean fit =
          Sql.only(
              superuser,
              "SELECT pg_has_role(?, ?, 'MEMBER') AND NOT pg_has_role(?, ?, 'MEMBER')",
              row -> row.getBoolean(1),
              ref.baseName(),
              ref.branchName(),
              ref.branchName(),
              ref.baseName());
      assertThat(fit).isTrue();
    }
  }

  @Test
  void passwordsAreGoneOnceTheSessionStands() throws SQLException {
    try (Connection agent = provider.openForExperiment(other);
        Connection reader = provider.openBranchForReading(other);
        Connection superuser = PostgresServer.superuser("postgres")) {
      assertThat(agent.isValid(1) && reader.isValid(1)).isTrue();
      int passwords =
          Sql.only(
              superuser,
              "SELECT count(rolpassword) FROM pg_authid WHERE rolname IN (?, ?)",
              row -> row.getInt(1),
              other.branchName(),
              other.baseName());
      assertThat(passwords).isZero();
    }
  }
}
