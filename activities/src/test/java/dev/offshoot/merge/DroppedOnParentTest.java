package dev.offshoot.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.activity.MergeActivities.ResolveConflicts;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.Conflict;
import dev.offshoot.domain.ConflictReport;
import dev.offshoot.domain.MergeResult;
import dev.offshoot.domain.Resolution;
import dev.offshoot.domain.Resolution.Take;
import dev.offshoot.domain.ResolveResult;
import dev.offshoot.domain.Strictness;
import dev.offshoot.domain.TableName;
import dev.offshoot.ledger.ChangeSet;
import dev.offshoot.step.Progress;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What the parent's users write into what is dropped, before the merge and during it. */
class DroppedOnParentTest {
  private static final String OLD =
      """
      CREATE TABLE old (id int PRIMARY KEY, v text);
      CREATE TABLE items (id int PRIMARY KEY, v text, gone text);
      INSERT INTO old VALUES (1, 'a'), (2, 'b');
      INSERT INTO items VALUES (1, 'a', 'x'), (2, 'b', NULL);
      """;
  private static final String DROPS = "DROP TABLE old; ALTER TABLE items DROP COLUMN gone;";
  private static final TableName TABLE = new TableName("public", "old");

  @Test
  void conflict_saysWhatWasWrittenAndHowMuchThereIs() throws SQLException {
    try (Merging merging = Merging.into(OLD)) {
      ChangeSet changeSet = merging.experiment(DROPS + "UPDATE items SET v = 'ours' WHERE id = 1");
      merging.parentDoes(
          "INSERT INTO old VALUES (3, 'c'); UPDATE items SET gone = 'y', v = 'theirs' WHERE id = 1");
      String before = merging.parent.dump();

      MergeResult result = merging.merge(changeSet);

      assertThat(Merging.described(result))
          .containsExactly(
              "DROPPED_WRITTEN items gone: 1 row with a value | 1 row with a value | null",
              "DROPPED_WRITTEN old: 2 rows | 3 rows | null",
              "UPDATE_UPDATE items[1] v: a | theirs | ours");
      assertThat(merging.parent.dump()).isEqualTo(before);
    }
  }

  @Test
  void tableThatIsCompared_canBeReadAndNotWritten_untilTheMergeIsOver() throws SQLException {
    try (Merging merging = Merging.into(OLD)) {
      ChangeSet changeSet = merging.experiment(DROPS);
      AtomicReference<String> seen = new AtomicReference<>("");
      Reports intruder =
          Reports.at(
              "comparing what goes with old",
              () -> {
                seen.set(merging.ask("SELECT count(*) FROM old"));
                try {
                  merging.parentDoes("SET lock_timeout = 100; INSERT INTO old VALUES (3, 'c')");
                } catch (SQLException e) {
                  seen.updateAndGet(rows -> rows + " " + e.getSQLState());
                }
              });

      MergeResult result =
          merging.merge(merging.request("task", changeSet, Strictness.ROW, List.of()), intruder);

      assertThat(seen.get()).isEqualTo("2 55P03");
      assertThat(result.conflicts()).isNull();
    }
  }

  @Test
  void branchSide_dropsWhatWasShown_andNothingThatIsWrittenLater() throws SQLException {
    try (Merging merging = Merging.into(OLD)) {
      ChangeSet changeSet = merging.experiment(DROPS + "UPDATE items SET v = 'ours' WHERE id = 1");
      merging.parentDoes("UPDATE old SET v = 'theirs' WHERE id = 1");
      ConflictReport shown = merging.merge(changeSet).conflicts();

      ResolveResult resolved = resolve(merging, changeSet, shown, Take.BRANCH);

      assertThat(resolved.why()).isNull();
      ChangeSet derived = merging.store.get(resolved.changes().digest());
      assertThat(derived.digest()).isNotEqualTo(changeSet.digest());
      merging.parentDoes("UPDATE old SET v = 'later' WHERE id = 1");
      assertThat(Merging.described(merging.merge(derived)))
          .containsExactly("DROPPED_WRITTEN old: 2 rows | 2 rows | null");
      merging.parentDoes("UPDATE old SET v = 'theirs' WHERE id = 1");
      assertThat(merging.merge(derived).conflicts()).isNull();
      assertThat(merging.ask("SELECT to_regclass('old') IS NULL AND max(v) = 'ours' FROM items"))
          .isEqualTo("t");
    }
  }

  @Test
  void valuesThatWereNotShown_areNotResolved() throws SQLException {
    try (Merging merging = Merging.into(OLD)) {
      ChangeSet changeSet = merging.experiment(DROPS);
      merging.parentDoes("UPDATE old SET v = 'theirs' WHERE id = 1");
      ConflictReport shown = merging.merge(changeSet).conflicts();
      merging.parentDoes("UPDATE old SET v = 'not shown' WHERE id = 1");

      ResolveResult resolved = resolve(merging, changeSet, shown, Take.BRANCH);

      assertThat(resolved.why()).contains("has changed since these conflicts were shown");
    }
  }

  @Test
  void parentSide_isRefusedWithWhatToDo() throws SQLException {
    try (Merging merging = Merging.into(OLD)) {
      ChangeSet changeSet = merging.experiment(DROPS);
      merging.parentDoes("DELETE FROM old WHERE id = 1");
      ConflictReport shown = merging.merge(changeSet).conflicts();

      ResolveResult resolved = resolve(merging, changeSet, shown, Take.PARENT);

      assertThat(resolved.why()).contains("DROPPED_WRITTEN in old", "cannot be left out", "BRANCH");
    }
  }

  @Test
  void keyThatTheParentRenamed_isNoReasonToGuess() throws SQLException {
    try (Merging merging = Merging.into(OLD)) {
      ChangeSet changeSet = merging.experiment("ALTER TABLE items DROP COLUMN gone");
      merging.parentDoes("ALTER TABLE items RENAME COLUMN id TO number");

      assertThat(merging.merge(changeSet).conflicts().conflicts())
          .singleElement()
          .satisfies(
              conflict -> {
                assertThat(conflict.kind()).isEqualTo(Conflict.Kind.SCHEMA_CHANGED);
                assertThat(conflict.note()).contains("no writable column id", "column gone");
              });
    }
  }

  private static ResolveResult resolve(
      Merging merging, ChangeSet changeSet, ConflictReport shown, Take take) {
    ChangeSummary summary =
        new ChangeSummary(
            changeSet.digest(), List.of(), 0, List.of(), List.of(), List.of(), List.of(), 1);
    return merging.resolve(
        new ResolveConflicts(
            merging.approved(
                changeSet,
                Strictness.ROW,
                List.of(new Resolution(Conflict.Kind.DROPPED_WRITTEN, TABLE, take))),
            summary,
            String.valueOf(shown.fingerprint())),
        Progress.NONE);
  }
}
