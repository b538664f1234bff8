package dev.offshoot.experiment;

import static dev.offshoot.experiment.OnBranch.script;
import static dev.offshoot.experiment.OnBranch.statements;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.Failure;
import dev.offshoot.domain.Limits;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.TransactionMode;
import dev.offshoot.step.Progress;
import java.sql.SQLException;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How experiments fail: one clear answer, and nothing left on the branch. */
class ExperimentFailureTest {
  private static OnBranch branch;

  @BeforeAll
  static void start() throws SQLException {
    branch = new OnBranch();
  }

  @AfterAll
  static void stop() throws SQLException {
    branch.close();
  }

  @Test
  void sqlError_tellsStatementLineCharacterStateAndHint() throws SQLException {
    Failure failure =
        branch.failure(
            script("DELETE FROM orders;\n\n-- fix names é\nUPDATE customer\n  SET nmae = 'x'"));

    assertThat(failure.code()).isEqualTo(ErrorCode.SQL_ERROR);
    assertThat(failure.message())
        .isEqualTo(
            "statement 2 (line 5) failed at character 38: column \"nmae\" of relation \"customer\" does not exist [42703]");
    assertThat(failure.statement()).isEqualTo(1);
    assertThat(failure.position()).isEqualTo(38);
    assertThat(failure.sqlState()).isEqualTo("42703");
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        of("SELEC 1", ErrorCode.SQL_ERROR, "42601", "statement 2 failed at character 1: syntax"),
        of("SELECT nam FROM customer", ErrorCode.SQL_ERROR, "42703", "Perhaps you meant"),
        of("SELECT $1", ErrorCode.SQL_ERROR, "08P01", "requires 1"),
        of(
            "INSERT INTO orders (customer, amount) VALUES (1, -1)",
            ErrorCode.SQL_ERROR,
            "23514",
            "violates check constraint"),
        of("DO $$ BEGIN PERFORM 1/0; END $$", ErrorCode.SQL_ERROR, "22012", "line 1 at PERFORM"),
        of(
            "SELECT pg_read_file('/etc/passwd')",
            ErrorCode.PERMISSION_DENIED,
            "42501",
            "permission denied for function pg_read_file"),
        of("CREATE EXTENSION plperl", ErrorCode.SQL_ERROR, null, "statement 2 failed"),
        of("COPY customer TO PROGRAM 'sh'", ErrorCode.PERMISSION_DENIED, "42501", "COPY"),
        of("COPY customer FROM STDIN", ErrorCode.STATEMENT_REFUSED, null, "INSERT … VALUES"),
        of("COPY customer TO STDOUT", ErrorCode.STATEMENT_REFUSED, null, "read them with SELECT"),
        of("DO $$ BEGIN COMMIT; END $$", ErrorCode.STATEMENT_REFUSED, "2D000", "leave COMMIT"),
        of("VACUUM customer", ErrorCode.STATEMENT_REFUSED, "25001", "runs in a transaction"),
        of(
            "CREATE INDEX CONCURRENTLY ON customer (city)",
            ErrorCode.STATEMENT_REFUSED,
            "25001",
            "leave it out, or CONCURRENTLY"),
        of("SET client_encoding = 'LATIN1'", ErrorCode.STATEMENT_REFUSED, null, "client_encoding"),
        of("SET DateStyle = 'SQL, DMY'", ErrorCode.STATEMENT_REFUSED, null, "DateStyle"),
        of(
            "SELECT pg_terminate_backend(pg_backend_pid())",
            ErrorCode.STATEMENT_REFUSED,
            "57P01",
            "ended its own session"),
        of("SELECT lo_create(0)", ErrorCode.NOT_CARRIED, null, "large objects"),
        of(
            "ALTER ROLE CURRENT_USER SET work_mem = '1GB'",
            ErrorCode.NOT_CARRIED,
            null,
            "settings of roles"),
        of("ALTER ROLE CURRENT_USER PASSWORD 'mine'", ErrorCode.NOT_CARRIED, null, "roles"),
        of(
            "DO $$ BEGIN ALTER TABLE customer ADD n int; UPDATE customer SET n = 1; END $$",
            ErrorCode.NOT_CARRIED,
            null,
            "statement 2 changes the schema and writes rows of customer in one go"),
        of(
            "DO $$ BEGIN ALTER TABLE orders ADD n int; TRUNCATE orders; END $$",
            ErrorCode.NOT_CARRIED,
            null,
            "writes rows of orders"),
        of(
            "UPDATE orders SET customer = 100000 WHERE id = 2",
            ErrorCode.SQL_ERROR,
            "23503",
            "the end of the transaction (deferred constraints and triggers) failed"));
  }

  private static Arguments of(String sql, ErrorCode code, String state, String part) {
    return Arguments.of(sql, code, state, part);
  }

  @ParameterizedTest
  @MethodSource("refused")
  void badStatement_hasItsCodeAndRemedy(String sql, ErrorCode code, String state, String part)
      throws SQLException {
    Failure failure = branch.failure(statements("DELETE FROM orders WHERE id = 1", sql));

    assertThat(failure.message()).contains(part);
    assertThat(failure.code()).isEqualTo(code);
    if (state != null) {
      assertThat(failure.sqlState()).isEqualTo(state);
    }
    if (!part.startsWith("the end")) {
      assertThat(failure.statement()).isEqualTo(1);
    }
  }

  @Test
  void rowsInAMessage_stayOut() throws SQLException {
    Failure failure = branch.failure(statements("INSERT INTO customer VALUES (1, 'Secret', 'x')"));

    assertThat(failure.message()).contains("customer_pkey").doesNotContain("Secret", "(1)");
  }

  @Test
  void truncationAfterWritesOfTheSameTransaction_isSeenBesideDdl() throws SQLException {
    Failure failure =
        branch.failure(
            statements(
                "UPDATE orders SET amount = 1",
                "SET CONSTRAINTS ALL IMMEDIATE",
                "DO $$ BEGIN TRUNCATE orders; ALTER TABLE orders ADD n int; END $$"));

    assertThat(failure.code()).isEqualTo(ErrorCode.NOT_CARRIED);
    assertThat(failure.message()).contains("writes rows of orders");
  }

  @Test
  void ddlBesideRowsOfATableThatIsNew_isFine() {
    branch.run(
        statements(
            "CREATE TABLE fresh (id int)",
            "DO $$ BEGIN INSERT INTO fresh VALUES (1); ALTER TABLE fresh ADD n int; END $$"));
  }

  @Test
  void deferredTriggerThatChangesTheSchema_isRefused() throws SQLException {
    try (OnBranch other =
        new OnBranch(
            """
            CREATE TABLE t (id int);
            CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS
              'BEGIN EXECUTE ''CREATE TABLE surprise (id int)''; RETURN NULL; END';
            CREATE CONSTRAINT TRIGGER late AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED
              FOR EACH ROW EXECUTE FUNCTION f();
            """)) {
      assertThat(other.failure(statements("INSERT INTO t VALUES (1)")).code())
          .isEqualTo(ErrorCode.NOT_CARRIED);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT pg_sleep(60)",
        "SELECT CASE WHEN g > 1 THEN pg_sleep(60) END FROM generate_series(1, 2) g",
        "SELECT CASE WHEN g > 20 THEN pg_sleep(60) END FROM generate_series(1, 30) g",
        "DO $$ BEGIN PERFORM set_config('statement_timeout', '0', false); PERFORM pg_sleep(60); END $$"
      })
  void slowStatement_isCancelledInTime(String sql) throws SQLException {
    long start = System.nanoTime();

    Failure failure =
        branch.failure(
            statements("SET statement_timeout = 0", sql)
                .limits(new Limits(null, Duration.ofSeconds(1), null, null)));

    assertThat(failure.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED);
    assertThat(failure.message())
        .startsWith("statement 2 took longer than limits.statementTimeout (1s)");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(6));
  }

  @Test
  void statementThatCatchesItsCancellation_isCutOff() throws SQLException {
    BranchRef ref = branch.freshBranch();
    long start = System.nanoTime();

    Failure failure =
        branch.failureOn(
            ref,
            statements(
                    """
                    DO $$ BEGIN
                      LOOP
                        BEGIN PERFORM pg_sleep(60);
                        EXCEPTION WHEN query_canceled THEN NULL; END;
                      END LOOP;
                    END $$\
                    """)
                .limits(new Limits(null, Duration.ofSeconds(1), null, null)));

    assertThat(failure.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(12));
    branch.provider().drop(ref);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "INSERT INTO audit SELECT repeat(md5(g::text), 200) FROM generate_series(1, 100000000) g",
        "INSERT INTO audit SELECT md5(g::text) FROM generate_series(1, 400000) g"
      })
  void branchThatOutgrowsItsLimit_isStopped(String sql) throws SQLException {
    BranchRef ref = branch.freshBranch();

    assertThatThrownBy(() -> branch.run(ref, statements(sql), 10L << 20, Progress.NONE))
        .isInstanceOfSatisfying(
            OffshootException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED))
        .hasMessageContaining("maxBranchGrowth (10 MB)");
    branch.provider().drop(ref);
  }

  @Test
  void manyStatements_shareTheRuntime() throws SQLException {
    Failure failure =
        branch.failure(
            statements("SELECT pg_sleep(1.5)", "SELECT pg_sleep(1.5)", "SELECT pg_sleep(1.5)")
                .limits(new Limits(null, null, Duration.ofSeconds(2), null)));

    assertThat(failure.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED);
    assertThat(failure.message()).contains("limits.maxRuntime (2s)");
    assertThat(failure.statement()).isPositive();
  }

  @Test
  void statementThatSetsItselfATimeout_failsAsSqlDoes() throws SQLException {
    Failure failure =
        branch.failure(statements("SET statement_timeout = '50ms'", "SELECT pg_sleep(5)"));

    assertThat(failure.code()).isEqualTo(ErrorCode.SQL_ERROR);
    assertThat(failure.message()).contains("due to statement timeout [57014]");
  }

  @Test
  void failureWithPerStatement_keepsWhatWasCommitted_andSaysSo() throws SQLException {
    BranchRef ref = branch.freshBranch();

    Failure failure =
        branch.failureOn(
            ref,
            statements("INSERT INTO audit VALUES ('kept')", "SELEC")
                .transaction(TransactionMode.PER_STATEMENT));

    assertThat(failure.code()).isEqualTo(ErrorCode.SQL_ERROR);
    assertThat(OnBranch.dump(ref)).contains("(kept)");
    branch.provider().drop(ref);
  }

  @Test
  void invalidSpecification_reachesNoDatabase() {
    BranchRef nowhere =
        new BranchRef(new dev.offshoot.domain.ExperimentId("no-such-branch"), 1, "shop");

    assertThatThrownBy(() -> branch.run(nowhere, script("BEGIN; SELECT 1; COMMIT"), Progress.NONE))
        .isInstanceOfSatisfying(
            OffshootException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_SPEC));
    assertThat(branch.failureOn(nowhere, script("SELECT 1")).code())
        .isEqualTo(ErrorCode.BRANCH_GONE);
  }
}
