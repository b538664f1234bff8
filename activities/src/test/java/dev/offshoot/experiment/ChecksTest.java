package dev.offshoot.experiment;

import static dev.offshoot.experiment.OnBranch.script;
import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.Failure;
import dev.offshoot.domain.Limits;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChecksTest {
  private static OnBranch branch;
  private BranchRef ref;

  @BeforeAll
  static void start() throws SQLException {
    branch = new OnBranch();
  }

  @AfterAll
  static void stop() throws SQLException {
    branch.close();
  }

  @BeforeEach
  void makeBranch() {
    ref = branch.freshBranch();
  }

  @AfterEach
  void dropBranch() {
    branch.provider().drop(ref);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELECT count(*) = 1 FROM orders           | CHECK_FAILED      | did not return true: SELECT count",
        "SELECT NULL::boolean                      | CHECK_FAILED      | did not return true",
        "SELECT 1                                  | BAD_SPEC          | returns int4",
        "SELECT true, false                        | BAD_SPEC          | returns 2 columns",
        "SELECT true FROM customer                 | BAD_SPEC          | more than one row",
        "SELECT true FROM customer WHERE id < 0    | BAD_SPEC          | returned no row",
        "WITH d AS (DELETE FROM orders RETURNING 1) SELECT true | SQL_ERROR | read-only transaction",
        "SELECT nmae = '' FROM customer            | SQL_ERROR         | failed at character 8",
        "SELECT pg_read_file('x') = ''             | PERMISSION_DENIED | permission denied",
        "SELECT pg_sleep(30) IS NULL               | LIMIT_EXCEEDED    | limits.statementTimeout"
      })
  void badCheck_isNamedByItsPlace(String check, ErrorCode code, String part) {
    Failure failure =
        branch.failureOn(
            ref,
            script("DELETE FROM orders WHERE id = 1")
                .check("SELECT true")
                .check(check)
                .limits(new Limits(null, Duration.ofSeconds(1), null, null)));

    assertThat(failure.message()).startsWith("checks[1]").contains(part);
    assertThat(failure.code()).isEqualTo(code);
    assertThat(failure.statement()).isNull();
  }

  @Test
  void checks_seeWhatWasCommitted_notWhatTheSessionHeld() {
    Failure failure =
        branch.failureOn(
            ref,
            script(
                    """
                    CREATE SCHEMA mine; CREATE TABLE mine.t (id int);
                    SET search_path = mine;
                    CREATE TEMP TABLE only_here (id int);
                    """)
                .check("SELECT count(*) = 0 FROM mine.t")
                .check("SELECT count(*) = 200 FROM customer")
                .check("SELECT count(*) = 0 FROM only_here"));

    assertThat(failure.message()).contains("checks[2] failed", "only_here");
  }
}
