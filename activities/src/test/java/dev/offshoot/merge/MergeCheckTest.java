package dev.offshoot.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.domain.Conflict;
import dev.offshoot.domain.ConflictReport;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.Strictness;
import dev.offshoot.ledger.ChangeSet;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MergeCheckTest {
  private static final String ACCOUNTS =
      """
      CREATE TABLE accounts (id int PRIMARY KEY, balance int);
      INSERT INTO accounts VALUES (1, 10), (2, 20);
      CREATE FUNCTION spend() RETURNS boolean LANGUAGE sql AS
        $$ UPDATE accounts SET balance = 0 RETURNING true $$;
      """;
  private static final String MOVE =
      """
      UPDATE accounts SET balance = balance - 5 WHERE id = 1;
      UPDATE accounts SET balance = balance + 5 WHERE id = 2;
      """;

  @Test
  void trueChecks_letTheMergeThrough_onTheMergedRows() throws SQLException {
    try (Merging merging = Merging.into(ACCOUNTS)) {
      ChangeSet changeSet = merging.experiment(MOVE);

      assertThat(
              merging
                  .merge(
                      changeSet,
                      Strictness.ROW,
                      "SELECT sum(balance) = 30 FROM accounts",
                      "SELECT balance = 25 FROM accounts WHERE id = 2",
                      "SELECT '{\"a\": 1}'::jsonb ? 'a'")
                  .report())
          .isNotNull();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELECT sum(balance) = 30 FROM accounts | returned false",
        "SELECT NULL::boolean | returned null",
        "SELECT true FROM accounts | returned several rows",
        "SELECT true FROM accounts WHERE false | returned no row",
        "SELECT true, true | returned several columns",
        "SELECT 1 | returned no boolean",
        "SELECT true FROM nowhere | failed with SQLSTATE 42P01",
        "SELECT spend() | failed with SQLSTATE 25006",
        "SELECT set_config('transaction_read_only', 'off', false) = '' | failed with SQLSTATE 25001",
        "WITH gone AS (DELETE FROM accounts RETURNING 1) SELECT true FROM gone LIMIT 1 | failed with SQLSTATE 25006",
      })
  void checkThatIsNotTrueOnTheParent_isAConflict(String check, String objection)
      throws SQLException {
    try (Merging merging = Merging.into(ACCOUNTS)) {
      ChangeSet changeSet = merging.experiment(MOVE);
      merging.parentDoes("INSERT INTO accounts VALUES (3, 1)");
      String before = merging.parent.dump();

      ConflictReport conflicts =
          merging.merge(changeSet, Strictness.ROW, "SELECT true", check).conflicts();

      assertThat(conflicts.conflicts())
          .singleElement()
          .satisfies(
              conflict -> {
                assertThat(conflict.kind()).isEqualTo(Conflict.Kind.CHECK_FAILED);
                assertThat(conflict.note()).startsWith("check 2 " + objection);
              });
      assertThat(merging.parent.dump()).isEqualTo(before);
    }
  }

  @ParameterizedTest
  @CsvSource({"SELECT true; COMMIT", "COMMIT", "UPDATE accounts SET balance = 0"})
  void checkThatIsNotOneQuery_isRefused(String check) throws SQLException {
    try (Merging merging = Merging.into(ACCOUNTS)) {
      ChangeSet changeSet = merging.experiment(MOVE);
      String before = merging.parent.dump();

      assertThatThrownBy(() -> merging.merge(changeSet, Strictness.ROW, check))
          .isInstanceOfSatisfying(
              OffshootException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.STATEMENT_REFUSED));
      assertThat(merging.parent.dump()).isEqualTo(before);
    }
  }
}
