package dev.offshoot.branch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.List;
import org.junit.jupiter.api.Test;

/** What {@code CREATE DATABASE ... TEMPLATE} does not copy, and what must not be copied. */
class BranchFidelityTest {

  @Test
  void unqualifiedNames_meanWhatTheyMeanToTheOwner() throws SQLException {
    try (TestParent parent = PostgresServer.parent("")) {
      // the owner's own schema goes first, by way of "$user"
      String owner = parent.config().username();
      parent.execute(
          """
          CREATE TABLE public.t (place text); INSERT INTO public.t VALUES ('public');
          CREATE SCHEMA %1$s; CREATE TABLE %1$s.t (place text); INSERT INTO %1$s.t VALUES ('own');
          """
              .formatted(owner));

      onBranch(
          parent,
          agent -> {
            assertThat(value(agent, "SELECT place FROM t")).isEqualTo("own");
            assertThat(value(agent, "SHOW search_path"))
                .isEqualTo("\"%s\", public".formatted(owner));
          });
    }
  }

  @Test
  void settingsOfDatabaseAndOwner_holdOnTheBranch_butThoseOfASuperuser() throws SQLException {
    try (TestParent parent = PostgresServer.parent("CREATE SCHEMA \"Odd, one\"")) {
      String database = parent.database();
      String owner = parent.config().username();
      parent.execute(
          "ALTER DATABASE %s SET search_path = \"Odd, one\", public".formatted(database));
      parent.execute("ALTER DATABASE %s SET work_mem = '5MB'".formatted(database));
      parent.execute("ALTER ROLE %s SET work_mem = '6MB'".formatted(owner));
      parent.execute(
          "ALTER ROLE %s IN DATABASE %s SET work_mem = '7MB'".formatted(owner, database));
      Shop.run(
          PostgresServer.superuser("postgres"),
          "ALTER DATABASE %s SET log_statement = 'none'".formatted(database));

      onBranch(
          parent,
          agent -> {
            assertThat(value(agent, "SHOW search_path")).isEqualTo("\"Odd, one\", public");
            assertThat(value(agent, "SHOW work_mem")).isEqualTo("7MB");
          });
    }
  }

  @Test
  void defaultPrivilegesOfTheOwner_holdForWhatTheExperimentAndTheReaderCreate()
      throws SQLException {
    try (TestParent parent = PostgresServer.parent("CREATE SCHEMA s")) {
      Shop.run(PostgresServer.superuser("postgres"), "CREATE ROLE app_of_" + parent.database());
      parent.execute(
          """
          ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO app_of_%1$s WITH GRANT OPTION;
          ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT INSERT ON TABLES TO app_of_%1$s;
          ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
          """
              .formatted(parent.database()));
      String create =
          "CREATE TABLE s.t (id int); CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'";
      String acl =
          """
          SELECT string_agg(a::text, ' ' ORDER BY a::text COLLATE "C") FROM (
            SELECT CASE WHEN e.grantee = o.owner THEN 'owner' ELSE e.grantee::regrole::text END,
                   e.privilege_type, e.is_grantable
            FROM (SELECT relacl, relowner FROM pg_class WHERE oid = 's.t'::regclass
                  UNION ALL
                  SELECT proacl, proowner FROM pg_proc WHERE proname = 'f') AS o (acl, owner),
                 aclexplode(o.acl) AS e) AS a
          """;
      parent.execute(create);
      String expected;
      try (Connection superuser = parent.superuserConnection()) {
        expected = value(superuser, acl);
        assertThat(expected).contains("INSERT", "SELECT,t", "owner,EXECUTE");
      }
      parent.execute("DROP TABLE s.t; DROP FUNCTION f");

      withBranch(
          parent,
          (provider, ref) -> {
            try (Connection agent = provider.openForExperiment(ref);
                Connection reader = provider.openBaseForReading(ref)) {
              Sql.execute(agent, create);
              Sql.execute(reader, create.replace("FUNCTION f", "FUNCTION public.f"));

              assertThat(value(agent, acl)).isEqualTo(expected);
              assertThat(value(reader, acl)).isEqualTo(expected);
            }
          });
      Shop.run(
          PostgresServer.superuser(parent.database()), "DROP OWNED BY app_of_" + parent.database());
      Shop.run(PostgresServer.superuser("postgres"), "DROP ROLE app_of_" + parent.database());
    }
  }

  @Test
  void loginsToOtherServers_areNotOnTheBranch_andExtensionsAre() throws SQLException {
    try (TestParent parent = PostgresServer.parent("CREATE EXTENSION hstore")) {
      Shop.run(
          parent.superuserConnection(),
          """
          CREATE EXTENSION postgres_fdw;
          CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'x');
          ALTER SERVER elsewhere OWNER TO %1$s;
          CREATE USER MAPPING FOR PUBLIC SERVER elsewhere OPTIONS (user 'u', password 'hush');
          CREATE USER MAPPING FOR %1$s SERVER elsewhere OPTIONS (user 'u', password 'hush');
          """
              .formatted(parent.config().username()));
      parent.execute("CREATE FOREIGN TABLE far (id int) SERVER elsewhere");

      onBranch(
          parent,
          agent -> {
            assertThat(value(agent, "SELECT count(*) FROM pg_user_mappings")).isEqualTo("0");
            assertThat(value(agent, "SELECT 'a=>1'::hstore -> 'a'")).isEqualTo("1");
            assertThatThrownBy(() -> value(agent, "SELECT count(*) FROM far"))
                .isInstanceOf(SQLException.class);
          });
    }
  }

  @Test
  void loginToAnotherServerThatWeMayNotRemove_makesTheParentUnsuitable() throws SQLException {
    try (TestParent parent = PostgresServer.parent("")) {
      Shop.run(
          parent.superuserConnection(),
          """
          CREATE EXTENSION postgres_fdw;
          CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'x');
          CREATE USER MAPPING FOR PUBLIC SERVER elsewhere OPTIONS (user 'u', password 'hush');
          """);
      BranchRef ref = Shop.newBranch(parent);
      try (PostgresBranchProvider provider = new PostgresBranchProvider(parent.config())) {
        assertThatThrownBy(() -> provider.create(ref, Shop.DEADLINE, Progress.NONE))
            .isInstanceOfSatisfying(
                OffshootException.class,
                e -> {
                  assertThat(e.code()).isEqualTo(ErrorCode.PARENT_UNSUITABLE);
                  assertThat(e)
                      .hasMessageContaining("DROP USER MAPPING FOR PUBLIC SERVER \"elsewhere\"");
                });
      }
      assertThat(PostgresBranchTest.left(ref)).isEmpty();
    }
  }

  /** It runs in everybody's sessions, so whoever may replace it gets everybody's rights. */
  @Test
  void functionOfAnEventTrigger_isNotTheExperimentsToChange() throws SQLException {
    try (TestParent parent =
        PostgresServer.parent(
            "CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'")) {
      Shop.run(
          parent.superuserConnection(),
          "CREATE EVENT TRIGGER watching ON ddl_command_end EXECUTE FUNCTION watch()");

      onBranch(
          parent,
          agent ->
              assertThatThrownBy(
                      () ->
                          Sql.execute(
                              agent,
                              """
                              CREATE OR REPLACE FUNCTION watch() RETURNS event_trigger
                              LANGUAGE plpgsql AS 'BEGIN RAISE NOTICE ''mine''; END'
                              """))
                  .isInstanceOfSatisfying(
                      SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501")));
      Shop.run(parent.superuserConnection(), "DROP EVENT TRIGGER watching");
    }
  }

  @Test
  void ourOwnSchemaOnTheParent_isOutOfTheExperimentsReach() throws SQLException {
    try (TestParent parent =
        PostgresServer.parent(
            "CREATE SCHEMA offshoot; CREATE TABLE offshoot.merge_receipt (id text)")) {
      onBranch(
          parent,
          agent ->
              assertThatThrownBy(() -> Sql.execute(agent, "DELETE FROM offshoot.merge_receipt"))
                  .isInstanceOfSatisfying(
                      SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501")));
    }
  }

  @Test
  void fileCopy_works_andClone_works_orSaysWhatItNeeds() throws SQLException {
    try (TestParent parent = PostgresServer.parent("CREATE TABLE t (id int)")) {
      BranchRef ref = Shop.newBranch(parent);
      try (PostgresBranchProvider provider =
          new PostgresBranchProvider(withCopyMethod(parent, CopyMethod.FILE_COPY))) {
        BranchInfo info = provider.create(ref, Shop.DEADLINE, Progress.NONE);
        assertThat(info.copyMethod()).isEqualTo("FILE_COPY");
      }
      BranchRef cloned = Shop.newBranch(parent);
      try (PostgresBranchProvider provider =
          new PostgresBranchProvider(withCopyMethod(parent, CopyMethod.CLONE))) {
        assertThat(provider.create(cloned, Shop.DEADLINE, Progress.NONE).copyMethod())
            .isEqualTo("CLONE");
      } catch (OffshootException e) {
        assertThat(e.code()).isEqualTo(ErrorCode.PARENT_UNSUITABLE);
        assertThat(e)
            .hasMessageContaining(
                PostgresServer.majorVersion() < 18 ? "needs Postgres 18" : "reflinks")
            .hasMessageContaining("copyMethod");
        assertThat(PostgresBranchTest.left(cloned)).isEmpty();
      }
    }
  }

  @Test
  void parentWithThousandsOfObjects_isHandedOverInParts() throws SQLException {
    try (TestParent parent = PostgresServer.parent("")) {
      parent.execute(
          """
          DO $$ BEGIN
            FOR n IN 1..450 LOOP EXECUTE format('CREATE TABLE t%s (id int)', n); END LOOP;
          END $$
          """);
      onBranch(parent, agent -> Sql.execute(agent, "ALTER TABLE t1 ADD c int; DROP TABLE t450"));
    }
  }

  @Test
  void userInASearchPath_isReplacedWhereverItStandsAlone() {
    assertThat(List.of("\"$user\", public", "public,$user", "\"$user\"", "\"a$user\", x"))
        .map(path -> DatabaseSettings.withoutUser(path, "o'W\"n"))
        .containsExactly(
            "\"o'W\"\"n\", public", "public, \"o'W\"\"n\"", "\"o'W\"\"n\"", "\"a$user\", x");
  }

  @FunctionalInterface
  private interface AgentsWork {
    void with(Connection agent) throws SQLException;
  }

  @FunctionalInterface
  private interface BranchWork {
    void with(PostgresBranchProvider provider, BranchRef ref) throws SQLException;
  }

  private static void onBranch(TestParent parent, AgentsWork work) throws SQLException {
    withBranch(
        parent,
        (provider, ref) -> {
          try (Connection agent = provider.openForExperiment(ref)) {
            work.with(agent);
          }
        });
  }

  private static void withBranch(TestParent parent, BranchWork work) throws SQLException {
    try (PostgresBranchProvider provider = new PostgresBranchProvider(parent.config())) {
      BranchRef ref = Shop.newBranch(parent);
      provider.create(ref, Shop.DEADLINE, Progress.NONE);
      work.with(provider, ref);
      provider.drop(ref);
      assertThat(PostgresBranchTest.left(ref)).isEmpty();
    }
  }

  private static String value(Connection connection, String query) throws SQLException {
    return Sql.only(connection, query, row -> String.valueOf(row.getString(1)));
  }

  private static ParentConfig withCopyMethod(TestParent parent, CopyMethod method) {
    return parent.config().toBuilder().copyMethod(method).build();
  }
}
