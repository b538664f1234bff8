package dev.offshoot.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.PostgresServer;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.Failure;
import dev.offshoot.domain.TransactionMode;
import dev.offshoot.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What lies outside the branch's database is refused by name, in whichever way it is tried, and
 * nothing of it happens: the server's shared catalogs are afterwards as they were.
 */
class OutsideEffectsTest {
  /** By the server, because the role may not; by the worker, before the transaction commits. */
  private static final Set<ErrorCode> REFUSALS =
      EnumSet.of(
          ErrorCode.PERMISSION_DENIED,
          ErrorCode.NOT_CARRIED,
          ErrorCode.STATEMENT_REFUSED,
          ErrorCode.SQL_ERROR);

  /** No statement among them may run, and the message must say this of it. */
  private static final List<String[]> STATEMENTS =
      List.of(
          of("CREATE ROLE friend", "permission denied to create role"),
          of(
              "ALTER ROLE CURRENT_USER SUPERUSER",
              "permission denied to alter role|must be superuser"),
          of("ALTER ROLE CURRENT_USER PASSWORD 'mine'", "changes roles"),
          of("ALTER ROLE CURRENT_USER SET work_mem = '1GB'", "changes settings of roles"),
          of(
              "ALTER ROLE CURRENT_USER IN DATABASE postgres SET work_mem = '1GB'",
              "changes settings of roles"),
          of("ALTER ROLE ALL SET work_mem = '1GB'", "must be superuser|permission denied"),
          of(
              "ALTER ROLE postgres SET work_mem = '1GB'",
              "permission denied to alter role|must be superuser"),
          of(
              "GRANT %db TO postgres",
              "permission denied to grant role|must have admin option|changes memberships of roles"),
          of(
              "GRANT pg_read_all_data TO CURRENT_USER",
              "permission denied to grant role|must have admin option"),
          of("SET ROLE postgres", "permission denied to set role"),
          of("COMMENT ON ROLE %db IS 'me'", "permission denied|CREATEROLE"),
          of("SECURITY LABEL ON ROLE %db IS 'x'", "no security label providers"),
          of("CREATE DATABASE mine", "cannot run inside a transaction block"),
          of("ALTER DATABASE %db SET work_mem = '1GB'", "must be owner of database"),
          of("ALTER DATABASE %db OWNER TO CURRENT_USER", "must be owner of database"),
          of("ALTER DATABASE %db CONNECTION LIMIT 1", "must be owner of database"),
          of("COMMENT ON DATABASE %db IS 'mine'", "must be owner of database"),
          of("DROP DATABASE %db", "cannot run inside a transaction block"),
          of("CREATE TABLESPACE t LOCATION '/tmp'", "cannot run inside a transaction block"),
          of("CREATE TABLE t (a int) TABLESPACE pg_global", "pg_global"),
          of("ALTER TABLE customer OWNER TO postgres", "must be able to SET ROLE|must be member"),
          of("ALTER SYSTEM SET work_mem = '1GB'", "cannot run inside a transaction block"),
          of(
              "GRANT SET ON PARAMETER work_mem TO CURRENT_USER",
              "permission denied for parameter|syntax error"),
          of(
              "CREATE SUBSCRIPTION s CONNECTION 'host=x' PUBLICATION p WITH (connect = false)",
              "permission denied|must be superuser"),
          of(
              "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION note()",
              "permission denied|must be superuser"),
          of("CREATE FOREIGN DATA WRAPPER w", "permission denied|must be superuser"),
          of("COPY customer TO PROGRAM 'cat'", "permission denied|must be superuser"),
          of("COPY customer TO '/tmp/offshoot-outside'", "permission denied|must be superuser"),
          of("SELECT lo_import('/etc/hostname')", "permission denied for function lo_import"),
          of("SELECT lo_from_bytea(0, 'x')", "changes large objects"),
          of("SELECT pg_read_file('postgresql.conf')", "permission denied for function"),
          of("SELECT pg_replication_origin_create('o')", "permission denied for function"),
          of(
              "SELECT pg_create_physical_replication_slot('o')",
              "permission denied|must be superuser"),
          of("SELECT pg_reload_conf()", "permission denied for function"),
          of("SELECT pg_stat_reset()", "permission denied for function"));

  private static final String HIDDEN =
      """
      CREATE FUNCTION hidden(sql text) RETURNS void LANGUAGE plpgsql AS
        $$ BEGIN EXECUTE sql; END $$;
      """;

  private static OnBranch branch;

  private static String[] of(String statement, String says) {
    return new String[] {statement, says};
  }

  @BeforeAll
  static void start() throws SQLException {
    branch = new OnBranch(OnBranch.SHOP + HIDDEN);
  }

  @AfterAll
  static void stop() throws SQLException {
    branch.close();
  }

  @ParameterizedTest
  @EnumSource(TransactionMode.class)
  void effectOutsideTheDatabase_isRefusedByName_andDoesNotHappen(TransactionMode mode)
      throws SQLException {
    branch.failure(OnBranch.statements("no such statement"));
    String before = sharedCatalogs();
    SoftAssertions all = new SoftAssertions();
    for (String[] given : STATEMENTS) {
      Failure failure =
          branch.failureOn(
              branch.untouched(), OnBranch.statements(named(given[0])).transaction(mode));

      all.assertThat(failure.code()).as(given[0]).isIn(REFUSALS);
      all.assertThat(failure.message())
          .as(given[0])
          .startsWith("statement 1 ")
          .containsPattern(given[1]);
    }
    all.assertAll();
    assertThat(sharedCatalogs()).isEqualTo(before);
  }

  /** A DO block and a function that hide the statement and swallow the server's refusal. */
  @ParameterizedTest
  @EnumSource(TransactionMode.class)
  void sameEffect_byADoBlockOrAFunction_isRefusedToo(TransactionMode mode) throws SQLException {
    branch.failure(OnBranch.statements("no such statement"));
    String before = sharedCatalogs();
    for (String hidden :
        List.of(
            "ALTER ROLE CURRENT_USER PASSWORD ''mine''",
            "ALTER ROLE CURRENT_USER SET work_mem = ''1GB''",
            "SELECT pg_catalog.lo_create(0)")) {
      for (String way :
          List.of(
              "DO $$ BEGIN EXECUTE '%s'; EXCEPTION WHEN OTHERS THEN NULL; END $$",
              "SELECT hidden('%s')")) {
        Failure failure =
            branch.failureOn(
                branch.untouched(), OnBranch.statements(way.formatted(hidden)).transaction(mode));

        assertThat(failure.code()).as(hidden).isEqualTo(ErrorCode.NOT_CARRIED);
        assertThat(failure.message()).startsWith("statement 1 ");
      }
    }
    assertThat(sharedCatalogs()).isEqualTo(before);
  }

  @Test
  void advisoryLocks_areGoneWithTheExperiment() throws SQLException {
    branch.run(OnBranch.statements("SELECT pg_advisory_lock(815)", "NOTIFY everybody, 'hello'"));

    try (Connection superuser = PostgresServer.superuser("postgres")) {
      assertThat(
              Sql.<Long>only(
                  superuser,
                  "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 815",
                  row -> row.getLong(1)))
          .isZero();
    }
  }

  private static String named(String statement) {
    return statement.replace("%db", "\"" + branch.untouched().branchName() + "\"");
  }

  /** Everything that databases share, as text. */
  private static String sharedCatalogs() throws SQLException {
    try (Connection superuser = PostgresServer.superuser("postgres")) {
      StringBuilder text = new StringBuilder();
      for (String catalog :
          Sql.list(
              superuser,
              """
              SELECT oid::regclass::text FROM pg_class
              WHERE relisshared AND relkind = 'r' AND relname <> 'pg_shdepend' ORDER BY 1
              """,
              row -> row.getString(1))) {
        text.append(catalog).append('\n');
        Sql.list(
                superuser,
                "SELECT c::text FROM %s AS c ORDER BY 1".formatted(catalog),
                row -> row.getString(1))
            .forEach(line -> text.append(line).append('\n'));
      }
      return text.toString();
    }
  }
}
