package dev.offshoot.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.branch.SessionGuard;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.Strictness;
import dev.offshoot.ledger.ChangeSet;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows that do not read back as reviewed, whatever made them so. */
class VerificationTest {
  private static final String ITEMS =
      """
      CREATE TABLE items (id int PRIMARY KEY, a text, b text);
      INSERT INTO items VALUES (1, 'a', 'b'), (2, 'a', 'b');
      CREATE TABLE log (what text); INSERT INTO log VALUES ('x');
      """;
  private static final String CHANGES =
      """
      UPDATE items SET a = 'new' WHERE id = 1; DELETE FROM items WHERE id = 2;
      INSERT INTO items VALUES (3, 'c', NULL); INSERT INTO log VALUES ('y'), ('y');
      """;

  @Test
  void rowsAsReviewed_pass() throws SQLException {
    try (Merging merging = Merging.into(ITEMS)) {
      ChangeSet changeSet = merging.experiment(CHANGES);

      assertThatCode(() -> verify(merging, changeSet, Strictness.ROW, CHANGES))
          .doesNotThrowAnyException();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "UPDATE items SET a = 'old' WHERE id = 1 | items",
        "UPDATE items SET b = 'other' WHERE id = 1 | items",
        "DELETE FROM items WHERE id = 1 | items",
        "INSERT INTO items VALUES (2, 'a', 'b') | items",
        "DELETE FROM items WHERE id = 3 | items",
        "UPDATE items SET b = '' WHERE id = 3 | items",
        "DELETE FROM log WHERE ctid = (SELECT max(ctid) FROM log) | log",
      })
  void rowsOtherThanReviewed_areRefused(String deviation, String table) throws SQLException {
    try (Merging merging = Merging.into(ITEMS)) {
      ChangeSet changeSet = merging.experiment(CHANGES);

      assertThatThrownBy(
              () -> verify(merging, changeSet, Strictness.ROW, CHANGES + ";" + deviation))
          .isInstanceOfSatisfying(
              OffshootException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MERGE_REFUSED))
          .hasMessageContaining("1 rows of table " + table);
    }
  }

  @Test
  void byCell_anotherCellOfTheRowMayDiffer() throws SQLException {
    try (Merging merging = Merging.into(ITEMS)) {
      ChangeSet changeSet = merging.experiment(CHANGES);

      assertThatCode(
              () ->
                  verify(
                      merging,
                      changeSet,
                      Strictness.CELL,
                      CHANGES + "; UPDATE items SET b = 'other' WHERE id = 1"))
          .doesNotThrowAnyException();
    }
  }

  /** Does {@code deeds} in the place of the merge's own statements. */
  private static void verify(
      Merging merging, ChangeSet changeSet, Strictness strictness, String deeds)
      throws SQLException {
    try (Connection connection = new ParentOnly(merging.parent.config()).openParent()) {
      ParentSession session =
          new ParentSession(connection, SessionGuard.NONE, Progress.NONE, merging.parent.config());
      session.begin();
      TablesBefore before = TablesBefore.read(session);
      List<TableMerge> tables = new ArrayList<>();
      for (ChangeSet.CountedTable counted : changeSet.tables()) {
        TableMerge table =
            (TableMerge) TableMerge.fit(session, before, tables.size(), counted.shape());
        StagedChanges.stage(session, merging.store, changeSet.digest(), table);
        StandingRows.lock(session, table);
        Outcomes.decide(session, table, strictness);
        tables.add(table);
      }
      session.useOwnersSearchPath();
      session.execute(deeds);
      session.settle();
      for (TableMerge table : tables) {
        Verification.run(session, table, strictness);
      }
    }
  }
}
