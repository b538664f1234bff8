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
import dev.offshoot.domain.TableChanges;
import dev.offshoot.domain.TableName;
import dev.offshoot.ledger.ChangeSet;
import dev.offshoot.step.Progress;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Conflicts that a person resolved: what the parent has in the end, read by a query, when its own
 * side is taken and when the branch's is.
 */
class ConflictResolutionTest {
  private static final String ITEMS =
      """
      CREATE TABLE items (id int PRIMARY KEY, name text, price numeric, stock int);
      INSERT INTO items VALUES (1, 'pen', 1.0, 10), (2, 'ink', 2.0, 20), (3, 'pad', 3.0, 30);
      """;
  private static final String ALL_ITEMS =
      "SELECT string_agg(concat_ws(' ', id, name, price, stock), ', ' ORDER BY id) FROM items";

  record Case(
      String name,
      String base,
      String experiment,
      String parent,
      Strictness strictness,
      String query,
      String parentStands,
      String branchStands) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Case items(
      String name,
      String experiment,
      String parent,
      Strictness strictness,
      String parentStands,
      String branchStands) {
    return new Case(
        name, ITEMS, experiment, parent, strictness, ALL_ITEMS, parentStands, branchStands);
  }

  static Stream<Case> cases() {
    return Stream.of(
        items(
            "updated on both sides, by row",
            "UPDATE items SET price = 9 WHERE id = 1; UPDATE items SET stock = 0 WHERE id = 2",
            "UPDATE items SET stock = 11 WHERE id = 1",
            Strictness.ROW,
            "1 pen 1.0 11, 2 ink 2.0 0, 3 pad 3.0 30",
            "1 pen 9 10, 2 ink 2.0 0, 3 pad 3.0 30"),
        items(
            "updated on both sides, by cell: other cells of both survive",
            "UPDATE items SET price = 9, stock = 0 WHERE id = 1",
            "UPDATE items SET stock = 11, name = 'Pen' WHERE id = 1",
            Strictness.CELL,
            "1 Pen 9 11, 2 ink 2.0 20, 3 pad 3.0 30",
            "1 Pen 9 0, 2 ink 2.0 20, 3 pad 3.0 30"),
        items(
            "updated here, deleted there",
            "UPDATE items SET price = 9 WHERE id IN (1, 2)",
            "DELETE FROM items WHERE id = 1",
            Strictness.ROW,
            "2 ink 9 20, 3 pad 3.0 30",
            "1 pen 9 10, 2 ink 9 20, 3 pad 3.0 30"),
        items(
            "deleted here, updated there",
            "DELETE FROM items WHERE id = 1",
            "UPDATE items SET stock = 9 WHERE id = 1",
            Strictness.CELL,
            "1 pen 1.0 9, 2 ink 2.0 20, 3 pad 3.0 30",
            "2 ink 2.0 20, 3 pad 3.0 30"),
        items(
            "inserted on both sides",
            "INSERT INTO items VALUES (4, 'cap', 4, 40), (5, 'bag', 5, 50)",
            "INSERT INTO items VALUES (4, 'cup', 4, 41)",
            Strictness.ROW,
            "1 pen 1.0 10, 2 ink 2.0 20, 3 pad 3.0 30, 4 cup 4 41, 5 bag 5 50",
            "1 pen 1.0 10, 2 ink 2.0 20, 3 pad 3.0 30, 4 cap 4 40, 5 bag 5 50"),
        items(
            "with a column that the experiment adds and one that the parent has gained",
            "ALTER TABLE items ADD COLUMN tier text DEFAULT 'x'; UPDATE items SET tier = 'gold', stock = 0 WHERE id = 1",
            "ALTER TABLE items ADD COLUMN note text; UPDATE items SET stock = 11, note = 'n' WHERE id = 1",
            Strictness.ROW,
            "1 pen 1.0 11, 2 ink 2.0 20, 3 pad 3.0 30",
            "1 pen 1.0 0, 2 ink 2.0 20, 3 pad 3.0 30"),
        new Case(
            "rows without a key are fewer than are deleted",
            "CREATE TABLE log (what text); INSERT INTO log VALUES ('a'), ('a'), ('a'), ('b')",
            "DELETE FROM log WHERE what = 'a'; INSERT INTO log VALUES ('c')",
            "DELETE FROM log WHERE ctid = '(0,1)'",
            Strictness.ROW,
            "SELECT string_agg(what, '' ORDER BY what) FROM log",
            "aabc",
            "bc"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void resolved_mergesWhatWasChosen(Case given) throws SQLException {
    for (Take take : Take.values()) {
      try (Merging merging = Merging.into(given.base())) {
        ChangeSet changeSet = merging.experiment(given.experiment());
        merging.parentDoes(given.parent());
        ConflictReport shown = merging.merge(changeSet, given.strictness()).conflicts();
        String before = merging.parent.dump();

        ResolveResult resolved = resolve(merging, changeSet, given.strictness(), shown, all(take));

        assertThat(resolved.why()).isNull();
        assertThat(merging.parent.dump()).isEqualTo(before);
        ChangeSet derived = merging.store.get(resolved.changes().digest());
        assertThat(derived.digest()).isNotEqualTo(changeSet.digest());
        assertThat(merging.merge(derived, given.strictness()).conflicts()).isNull();
        assertThat(merging.ask(given.query()))
            .isEqualTo(take == Take.PARENT ? given.parentStands() : given.branchStands());
      }
    }
  }

  @Test
  void parentThatMovesOnAfterTheResolution_isNeverOverwritten() throws SQLException {
    try (Merging merging = Merging.into(ITEMS)) {
      ChangeSet changeSet =
          merging.experiment("UPDATE items SET stock = 0; INSERT INTO items VALUES (4)");
      merging.parentDoes(
          "UPDATE items SET stock = stock + 1 WHERE id < 3; DELETE FROM items WHERE id = 3; INSERT INTO items VALUES (4, 'x')");
      ConflictReport shown = merging.merge(changeSet).conflicts();
      ResolveResult resolved = resolve(merging, changeSet, Strictness.ROW, shown, all(Take.BRANCH));

      merging.parentDoes(
          "UPDATE items SET stock = 5 WHERE id = 1; INSERT INTO items VALUES (3); UPDATE items SET name = 'y' WHERE id = 4");
      MergeResult again = merging.merge(merging.store.get(resolved.changes().digest()));

      assertThat(Merging.described(again))
          .containsExactlyInAnyOrder(
              "UPDATE_UPDATE items[1] stock: 11 | 5 | 0",
              "INSERT_EXISTS items[3] name: null | null | pad",
              "UPDATE_UPDATE items[4] name: x | y | null");
    }
  }

  @Test
  void rowThatNobodyWasShown_orOtherValue_keepsEverythingFromBeingResolved() throws SQLException {
    try (Merging merging = Merging.into(ITEMS)) {
      ChangeSet changeSet = merging.experiment("UPDATE items SET stock = 0");
      merging.parentDoes("UPDATE items SET stock = 11 WHERE id = 1");
      ConflictReport first = merging.merge(changeSet).conflicts();

      merging.parentDoes("UPDATE items SET stock = 12 WHERE id = 1");
      ResolveResult value = resolve(merging, changeSet, Strictness.ROW, first, all(Take.BRANCH));
      assertThat(value.why()).contains("changed since");
      assertThat(value.conflicts().conflicts()).extracting(Conflict::parent).containsExactly("12");

      merging.parentDoes("UPDATE items SET stock = 21 WHERE id = 2");
      ResolveResult row =
          resolve(merging, changeSet, Strictness.ROW, value.conflicts(), all(Take.BRANCH));
      assertThat(row.conflicts().total()).isEqualTo(2);

      merging.parentDoes(
          "UPDATE items SET stock = 10 WHERE id = 1; UPDATE items SET stock = 20 WHERE id = 2");
      ResolveResult none =
          resolve(merging, changeSet, Strictness.ROW, row.conflicts(), all(Take.BRANCH));
      assertThat(none.conflicts().total()).isZero();
    }
  }

  @Test
  void conflictBeyondTheShownOnes_isInTheFingerprint() throws SQLException {
    try (Merging merging =
        Merging.into(
            "CREATE TABLE t (id int PRIMARY KEY, v int); INSERT INTO t SELECT g, g FROM generate_series(1, 300) g")) {
      ChangeSet changeSet = merging.experiment("UPDATE t SET v = -v");
      merging.parentDoes("UPDATE t SET v = v + 1000");
      ConflictReport shown = merging.merge(changeSet).conflicts();
      assertThat(shown.counts()).singleElement().matches(group -> group.count() == 300);
      assertThat(merging.merge(changeSet).conflicts()).isEqualTo(shown);

      merging.parentDoes("UPDATE t SET v = 7 WHERE id = 299");
      assertThat(resolve(merging, changeSet, Strictness.ROW, shown, all(Take.PARENT)).why())
          .contains("changed since");
    }
  }

  @Test
  void oneKindNamed_leavesTheOthersConflicts_andNothingIsWritten() throws SQLException {
    try (Merging merging = Merging.into(ITEMS)) {
      ChangeSet changeSet = merging.experiment("UPDATE items SET stock = 0");
      merging.parentDoes(
          "UPDATE items SET stock = 11 WHERE id = 1; DELETE FROM items WHERE id = 2");
      ConflictReport shown = merging.merge(changeSet).conflicts();

      ResolveResult resolved =
          resolve(
              merging,
              changeSet,
              Strictness.ROW,
              shown,
              List.of(new Resolution(Conflict.Kind.UPDATE_UPDATE, null, Take.BRANCH)));

      assertThat(resolved.why()).contains("UPDATE_MISSING in items (1)");
      assertThat(resolved.conflicts()).isEqualTo(shown);
    }
  }

  @Test
  void whatTheParentCannotTake_isLeftOut() throws SQLException {
    try (Merging merging =
        Merging.into(
            """
            CREATE TABLE a (id int PRIMARY KEY, code text UNIQUE);
            CREATE TABLE b (id int PRIMARY KEY, a_id int REFERENCES a ON DELETE CASCADE);
            INSERT INTO a VALUES (1, 'x'), (2, 'y'), (3, 'z');
            """)) {
      ChangeSet changeSet =
          merging.experiment(
              "DELETE FROM a WHERE id < 3; INSERT INTO a VALUES (4, 'new'), (5, 'v'); INSERT INTO b VALUES (9, 3)");
      merging.parentDoes(
          "INSERT INTO b VALUES (1, 2); INSERT INTO a VALUES (6, 'new'); DELETE FROM a WHERE id = 3");
      ConflictReport shown = merging.merge(changeSet).conflicts();

      ResolveResult resolved = resolve(merging, changeSet, Strictness.ROW, shown, all(Take.PARENT));

      assertThat(resolved.why()).isNull();
      assertThat(merging.merge(merging.store.get(resolved.changes().digest())).conflicts())
          .isNull();
      assertThat(merging.ask("SELECT string_agg(id || code, ' ' ORDER BY id) FROM a"))
          .isEqualTo("2y 5v 6new");
      assertThat(merging.ask("SELECT string_agg(id || ' ' || a_id, ',') FROM b")).isEqualTo("1 2");
    }
  }

  @Test
  void branchSideOfACascadeOrOfAnUnreviewedColumn_isRefusedWithWhatToDo() throws SQLException {
    try (Merging merging =
        Merging.into(ITEMS + "CREATE TABLE b (id int REFERENCES items ON DELETE CASCADE)")) {
      ChangeSet changeSet = merging.experiment("DELETE FROM items WHERE id < 3");
      merging.parentDoes("INSERT INTO b VALUES (1)");
      ConflictReport cascade = merging.merge(changeSet).conflicts();
      assertThat(resolve(merging, changeSet, Strictness.ROW, cascade, all(Take.BRANCH)).why())
          .contains("DELETE_WOULD_CASCADE", "take PARENT");

      merging.parentDoes(
          "DELETE FROM b; ALTER TABLE items ADD note text; UPDATE items SET note = 'x' WHERE id = 2");
      ConflictReport column = merging.merge(changeSet).conflicts();
      assertThat(resolve(merging, changeSet, Strictness.ROW, column, all(Take.BRANCH)).why())
          .contains("gained since the branch point", "take PARENT");
    }
  }

  private static List<Resolution> all(Take take) {
    return List.of(new Resolution(null, null, take));
  }

  private static ResolveResult resolve(
      Merging merging,
      ChangeSet changeSet,
      Strictness strictness,
      ConflictReport shown,
      List<Resolution> resolve) {
    List<TableChanges> tables =
        changeSet.tables().stream()
            .map(
                each ->
                    new TableChanges(
                        new TableName(each.shape().table().schema(), each.shape().table().name()),
                        each.shape().columns(),
                        each.shape().keyColumns(),
                        each.inserted(),
                        each.updated(),
                        each.deleted(),
                        0,
                        List.of()))
            .toList();
    ChangeSummary summary =
        new ChangeSummary(
            changeSet.digest(), List.of(), 0, List.of(), tables, List.of(), List.of(), 1);
    return merging.resolve(
        new ResolveConflicts(
            merging.approved(changeSet, strictness, resolve),
            summary,
            String.valueOf(shown.fingerprint())),
        Progress.NONE);
  }
}
