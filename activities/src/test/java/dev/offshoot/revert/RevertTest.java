package dev.offshoot.revert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.Conflict;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.Failure;
import dev.offshoot.domain.MergeReport;
import dev.offshoot.domain.MergeResult;
import dev.offshoot.domain.Outcome;
import dev.offshoot.domain.Reverted;
import dev.offshoot.domain.Strictness;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Invariant 11: a revert restores what the merge changed and keeps what came later. */
class RevertTest {
  private static final String SHOP =
      """
      CREATE TABLE customers (
        id int PRIMARY KEY, name text NOT NULL, email text UNIQUE, points int DEFAULT 0);
      CREATE TABLE orders (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        customer int NOT NULL REFERENCES customers, total numeric(12, 2));
      CREATE TABLE visits (at date, page text);
      INSERT INTO customers SELECT g, 'c' || g, g || '@x', g FROM generate_series(1, 30) g;
      INSERT INTO orders (customer, total) SELECT 1 + g % 20, g * 1.50 FROM generate_series(1, 90) g;
      INSERT INTO visits SELECT '2026-01-01', 'p' || g % 3 FROM generate_series(1, 9) g;
      """;

  private static final String ROWS =
      """
      UPDATE customers SET name = upper(name), points = points + 100 WHERE id <= 10;
      UPDATE customers SET email = NULL WHERE id = 21;
      UPDATE customers SET email = '21@x' WHERE id = 22;
      UPDATE customers SET email = '22@x' WHERE id = 21;
      DELETE FROM customers WHERE id IN (29, 30);
      INSERT INTO customers VALUES (31, 'new', 'new@x', 1), (32, 'newer', NULL, 2);
      UPDATE orders SET total = NULL WHERE id <= 5;
      INSERT INTO orders (customer, total) VALUES (31, 'NaN');
      DELETE FROM visits WHERE ctid = (SELECT max(ctid) FROM visits WHERE page = 'p1');
      INSERT INTO visits VALUES (NULL, 'p0'), (NULL, 'p0');
      """;

  private static final String SCHEMA =
      """
      ALTER TABLE customers ADD COLUMN tier text, ADD COLUMN vip boolean NOT NULL DEFAULT false;
      UPDATE customers SET tier = CASE WHEN id % 2 = 0 THEN 'gold' ELSE 'plain' END;
      UPDATE customers SET vip = true WHERE id = 3;
      ALTER TABLE customers ALTER COLUMN tier SET NOT NULL;
      ALTER TABLE orders RENAME COLUMN total TO amount;
      UPDATE orders SET amount = abs(amount) + 1 WHERE id < 4;
      ALTER TABLE orders ADD CONSTRAINT big CHECK (id > 89 OR amount > 0);
      CREATE TABLE totals AS SELECT customer, sum(amount) AS total FROM orders GROUP BY 1;
      ALTER TABLE totals ADD PRIMARY KEY (customer), ADD FOREIGN KEY (customer) REFERENCES customers;
      CREATE TYPE size AS ENUM ('small', 'big');
      CREATE TABLE boxes (id int PRIMARY KEY, size size);
      INSERT INTO boxes VALUES (1, 'big');
      CREATE VIEW best AS SELECT * FROM totals ORDER BY total DESC;
      COMMENT ON VIEW best IS 'the best';
      INSERT INTO customers (id, name, tier) VALUES (40, 'forty', 'plain');
      """;

  @Test
  void revertedOnAnUnmovedParent_isTheParentBefore() throws SQLException {
    try (Reverting scene = Reverting.on(SHOP)) {
      String before = scene.dump();
      scene.merged("all", ROWS + SCHEMA);
      assertThat(scene.dump()).isNotEqualTo(before);

      ChangeSummary inverse = scene.compute("undo", "all");
      MergeResult result = scene.merge("undo", inverse, Strictness.CELL);

      assertThat(Reverting.described(result)).containsExactly("no conflict");
      assertThat(scene.dump()).isEqualTo(before);
      assertThat(inverse.reversal().of()).isEqualTo(scene.id("all"));
      assertThat(inverse.reversal().obstacle()).contains("itself a revert");
      assertThat(inverse.schemaScript()).contains("ALTER TABLE public.customers DROP COLUMN tier");
    }
  }

  @Test
  void laterEdits_stay() throws SQLException {
    String later =
        """
        UPDATE customers SET points = 7 WHERE id = 15;
        UPDATE customers SET email = 'ada@x' WHERE id = 1;
        INSERT INTO customers VALUES (50, 'fifty', NULL, 0);
        UPDATE orders SET customer = 12 WHERE id = 2;
        INSERT INTO visits VALUES ('2026-02-02', 'p9');
        DELETE FROM orders WHERE id = 60;
        """;
    try (Reverting scene = Reverting.on(SHOP);
        Reverting expected = Reverting.on(SHOP + later)) {
      scene.merged("rows", ROWS);
      scene.parent.execute(later);

      assertThat(Reverting.described(scene.revert("undo", "rows"))).containsExactly("no conflict");
      assertThat(scene.dump()).isEqualTo(expected.dump());
    }
  }

  @Test
  void laterEditsOfTheSameValues_areListed_andNothingIsWritten() throws SQLException {
    try (Reverting scene = Reverting.on(SHOP)) {
      scene.merged("rows", ROWS);
      scene.parent.execute(
          """
          UPDATE customers SET name = 'Ada' WHERE id = 1;
          UPDATE customers SET points = 3 WHERE id = 32;
          INSERT INTO customers VALUES (30, 'again', NULL, 0);
          DELETE FROM visits WHERE at IS NULL;
          """);
      String before = scene.dump();

      MergeResult result = scene.revert("undo", "rows");

      assertThat(Reverting.described(result))
          .containsExactlyInAnyOrder(
              "UPDATE_UPDATE customers[1] name",
              "DELETE_UPDATED customers[32] points",
              "INSERT_EXISTS customers[30] name",
              "DELETE_UPDATED visits[null, p0]");
      assertThat(scene.dump()).isEqualTo(before);
    }
  }

  @Test
  void whatStoodAlreadyWhenItWasMerged_stays() throws SQLException {
    String byHand =
        """
        UPDATE customers SET name = 'C1', points = 101 WHERE id = 1;
        UPDATE customers SET name = 'C2' WHERE id = 2;
        DELETE FROM customers WHERE id = 30;
        INSERT INTO customers VALUES (32, 'newer', NULL, 2);
        """;
    try (Reverting scene = Reverting.on(SHOP);
        Reverting expected = Reverting.on(SHOP + byHand)) {
      ChangeSummary changes = scene.experiment("rows", ROWS);
      scene.parent.execute(byHand);
      MergeResult merged = scene.merge("rows", changes, Strictness.CELL);
      assertThat(merged.report().converged()).isEqualTo(3);

      ChangeSummary inverse = scene.compute("undo", "rows");
      MergeResult result = scene.merge("undo", inverse, Strictness.CELL);

      assertThat(Reverting.described(result)).containsExactly("no conflict");
      assertThat(scene.dump()).isEqualTo(expected.dump());
      assertThat(inverse.totalRows()).isEqualTo(changes.totalRows() - 3);
    }
  }

  @Test
  void counter_losesWhatTheMergeAdded_andKeepsWhatOthersDid() throws SQLException {
    try (Reverting scene = Reverting.on(SHOP)) {
      ChangeSummary changes =
          scene.experiment(
              "count",
              "UPDATE customers SET points = points + 100 WHERE id < 4",
              "public.customers.points");
      scene.parent.execute("UPDATE customers SET points = points + 5 WHERE id = 1");
      scene.merge("count", changes, Strictness.ROW);
      scene.parent.execute("UPDATE customers SET points = points + 7 WHERE id = 2");

      assertThat(Reverting.described(scene.revert("undo", "count"))).containsExactly("no conflict");
      assertThat(
              scene.ask(
                  "SELECT string_agg(points::text, ' ' ORDER BY id) FROM customers WHERE id < 5"))
          .isEqualTo("6 9 3 4");
    }
  }

  @Test
  void killedAfterCommitBeforeAck_revertsOnce() throws SQLException {
    try (Reverting scene = Reverting.on(SHOP)) {
      scene.merged("rows", ROWS);
      ChangeSummary inverse = scene.compute("undo", "rows");
      assertThat(scene.compute("undo", "rows").digest()).isEqualTo(inverse.digest());
      MergeReport first = scene.merge("undo", inverse, Strictness.CELL).report();
      scene.parent.execute("UPDATE customers SET name = 'C1', points = 101 WHERE id = 1");
      String after = scene.dump();

      assertThat(scene.merge("undo", inverse, Strictness.CELL).report()).isEqualTo(first);
      assertThat(scene.dump()).isEqualTo(after);
    }
  }

  @Test
  void rowsWrittenLaterIntoWhatIsDropped_areConflicts() throws SQLException {
    try (Reverting scene = Reverting.on(SHOP)) {
      scene.merged(
          "schema",
          """
          ALTER TABLE customers ADD COLUMN tier text, ADD COLUMN vip boolean DEFAULT false;
          UPDATE customers SET tier = 'gold' WHERE id < 4;
          CREATE TABLE notes (id int PRIMARY KEY, note text);
          INSERT INTO notes VALUES (1, 'ours');
          ALTER TABLE visits RENAME TO calls;
          """);
      scene.parent.execute(
          """
          UPDATE customers SET tier = 'plain' WHERE id IN (20, 21);
          INSERT INTO customers (id, name) VALUES (60, 'sixty');
          INSERT INTO notes VALUES (2, 'theirs');
          """);
      String before = scene.dump();

      MergeResult result = scene.revert("undo", "schema");

      assertThat(Reverting.described(result))
          .containsExactlyInAnyOrder(
              "DELETE_WOULD_CASCADE customers[] tier", "DELETE_WOULD_CASCADE notes[]");
      assertThat(result.conflicts().conflicts().get(0).note()).contains("2 rows");
      assertThat(scene.dump()).isEqualTo(before);
    }
  }

  @Test
  void whatHangsOnADroppedObject_isAConflict() throws SQLException {
    try (Reverting scene = Reverting.on(SHOP)) {
      scene.merged("schema", "CREATE TABLE notes (id int PRIMARY KEY, note text)");
      scene.parent.execute("CREATE VIEW all_notes AS SELECT * FROM notes");

      assertThat(Reverting.described(scene.revert("undo", "schema")))
          .containsExactly("SCHEMA_CHANGED null[]");
    }
  }

  /** What others made since and hang on a column that the revert drops, and how it is called. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CREATE VIEW gold AS SELECT id FROM customers WHERE tier = 'gold' | view public.gold",
        "CREATE INDEX by_tier ON customers (tier, name) | index public.by_tier",
        "ALTER TABLE customers ADD CONSTRAINT known CHECK (tier <> '' OR id < 0) | constraint known",
        "CREATE STATISTICS both_of ON tier, name FROM customers | statistics public.both_of",
        "CREATE SEQUENCE tiers OWNED BY customers.tier | sequence public.tiers",
        "CREATE POLICY plain ON customers USING (tier = '') | policy plain on table public.customers",
      })
  void whatHangsOnADroppedColumn_isAConflictThatNamesIt_andSaysWhatToDo(String later, String named)
      throws SQLException {
    try (Reverting scene = Reverting.on(SHOP)) {
      scene.merged("schema", "ALTER TABLE customers ADD COLUMN tier text");
      scene.parent.execute(later);
      String before = scene.dump();

      MergeResult result = scene.revert("undo", "schema");

      assertThat(result.conflicts().conflicts())
          .singleElement()
          .satisfies(
              conflict -> {
                assertThat(conflict.kind()).isEqualTo(Conflict.Kind.SCHEMA_CHANGED);
                assertThat(conflict.note()).contains(named, "have them drop it");
              });
      assertThat(scene.dump()).isEqualTo(before);
    }
  }

  @Test
  void schemaChangedAgain_isAConflict() throws SQLException {
    try (Reverting scene = Reverting.on(SHOP)) {
      scene.merged("schema", "ALTER TABLE customers ALTER COLUMN points SET DEFAULT 5");
      scene.parent.execute("ALTER TABLE customers ALTER COLUMN points SET DEFAULT 6");

      assertThat(Reverting.described(scene.revert("undo", "schema")))
          .containsExactly("SCHEMA_CHANGED null[public.customers.points]");
    }
  }

  @Test
  void revertOfARevert_givesTheChangeAgain_ofRowsAlone() throws SQLException {
    try (Reverting scene = Reverting.on(SHOP)) {
      scene.merged("rows", ROWS);
      String merged = scene.dump();
      scene.revert("undo", "rows");

      assertThat(Reverting.described(scene.revert("redo", "undo"))).containsExactly("no conflict");
      assertThat(scene.dump()).isEqualTo(merged);
    }
  }

  @Test
  void whatCannotBeReverted_isRefusedByName() throws SQLException {
    try (Reverting scene = Reverting.on(SHOP)) {
      assertThat(scene.refusal("a", "nothing").code()).isEqualTo(ErrorCode.NOT_FOUND);

      ChangeSummary dropped = scene.experiment("drop", "ALTER TABLE customers DROP COLUMN points");
      assertThat(dropped.reversal().obstacle()).contains("points");
      refused(scene, "b", "drop", "was not merged into parent");
      scene.merge("drop", dropped, Strictness.ROW);
      refused(scene, "c", "drop", "cannot be reverted: contents of column");

      scene.merged("one", "UPDATE visits SET page = 'x' WHERE page = 'p0'");
      scene.compute("d", "one");
      refused(scene, "e", "one", "is being reverted by %s already".formatted(scene.id("d")));
      scene.end("d", Outcome.DROPPED);
      scene.revert("f", "one");
      refused(scene, "g", "one", "has been reverted already, by " + scene.id("f"));
    }
  }

  @Test
  void extendedRevert_keepsOthersAwayUntilItsNewEnd() throws SQLException {
    try (Reverting scene = Reverting.on(SHOP)) {
      scene.merged("one", "DELETE FROM visits WHERE page = 'p0'");
      scene.compute("first", "one");

      scene.extend("first", Duration.ofHours(-1));
      scene.compute("second", "one");
      scene.extend("second", Duration.ofHours(-1));
      scene.extend("first", Duration.ofHours(1));

      refused(scene, "third", "one", "is being reverted by " + scene.id("first"));
    }
  }

  @Test
  void mergeThatWasTakenBack_isSaidToBe_byTheParent_andByTheLedgerWhereThatIsAway()
      throws SQLException {
    try (Reverting scene = Reverting.on(SHOP)) {
      scene.merged("one", "DELETE FROM visits WHERE page = 'p0'");
      assertThat(scene.reverted("one")).isNull();
      scene.compute("x", "one");
      scene.end("x", Outcome.DROPPED);
      assertThat(scene.reverted("one")).isNull();

      MergeReport undone = scene.revert("undo", "one").report();

      Reverted byTheParent = new Reverted(scene.id("undo"), undone.mergedAt(), "rita");
      assertThat(scene.reverted("one")).isEqualTo(byTheParent);
      scene.parent.execute("ALTER TABLE offshoot.merge_receipt RENAME TO elsewhere");
      scene.parent.execute("CREATE VIEW offshoot.merge_receipt AS SELECT 1");
      assertThat(scene.reverted("one").experiment()).isEqualTo(scene.id("undo"));
      assertThat(scene.reverted("one").by()).isNull();
    }
  }

  @Test
  void afterTheWindow_isRefused() throws SQLException {
    try (Reverting scene = Reverting.on(SHOP, Duration.ofMillis(1))) {
      scene.merged("one", "DELETE FROM visits WHERE page = 'p0'");
      refused(scene, "late", "one", "could be reverted until");
    }
  }

  @Test
  void experimentsMergedLaterIntoTheSameTables_areNamed() throws SQLException {
    try (Reverting scene = Reverting.on(SHOP)) {
      scene.merged("first", "UPDATE customers SET name = 'x' WHERE id = 1");
      scene.merged("second", "UPDATE visits SET page = 'x' WHERE page = 'p0'");
      scene.merged("third", "UPDATE customers SET name = 'y' WHERE id = 1");

      assertThat(scene.compute("undo", "first").reversal().newerMerges())
          .containsExactly(scene.id("third").value());
      assertThat(scene.compute("undo", "first").reversal().of())
          .isEqualTo(new ExperimentId(scene.id("first").value()));
    }
  }

  private static void refused(Reverting scene, String name, String merged, String why) {
    Failure failure = scene.refusal(name, merged);
    scene.end(name, Outcome.FAILED);
    assertThat(failure.code()).isEqualTo(ErrorCode.REVERT_REFUSED);
    assertThat(failure.message()).contains(why);
  }
}
