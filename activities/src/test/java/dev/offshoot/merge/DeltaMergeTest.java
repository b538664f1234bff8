package dev.offshoot.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.domain.MergeResult;
import dev.offshoot.domain.Strictness;
import dev.offshoot.ledger.ChangeSet;
import dev.offshoot.step.Progress;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Counters: what an update adds is added to whatever the parent has by now. */
class DeltaMergeTest {
  private static final String PRODUCTS =
      """
      CREATE TABLE products (
        id int PRIMARY KEY, name text, stock int CHECK (stock >= 0), sold smallint,
        weight numeric, price numeric(5, 2));
      INSERT INTO products
      SELECT g, 'p' || g, 10 * g, g, g + 0.5, g * 1.25 FROM generate_series(1, 5) AS g;
      """;

  @Test
  void whatBothSidesAdded_isAdded_andTheRestOfTheRowIsGuarded() throws SQLException {
    try (Merging merging = Merging.into(PRODUCTS)) {
      ChangeSet changeSet =
          merging.countingExperiment(
              "UPDATE products SET stock = stock + 5, price = price - 0.25, name = 'new' WHERE id = 1",
              "stock",
              "price");
      merging.parentDoes("UPDATE products SET stock = stock - 3, price = price * 2 WHERE id = 1");

      MergeResult result = merging.merge(changeSet);

      assertThat(result.conflicts()).isNull();
      assertThat(merging.ask("SELECT (name, stock, price)::text FROM products WHERE id = 1"))
          .isEqualTo("(new,12,2.25)");
    }
  }

  @Test
  void aCounterThatTheUpdateLeavesAlone_isNoConflictEither_butAnyOtherColumnIs()
      throws SQLException {
    try (Merging merging = Merging.into(PRODUCTS)) {
      ChangeSet changeSet =
          merging.countingExperiment(
              "UPDATE products SET name = 'new', stock = stock + (id - 1) WHERE id <= 2", "stock");
      merging.parentDoes("UPDATE products SET stock = 99");
      merging.parentDoes("UPDATE products SET sold = 0 WHERE id = 2");

      assertThat(Merging.described(merging.merge(changeSet)))
          .containsExactly("UPDATE_UPDATE products[2] sold: 2 | 0 | 2");
      assertThat(merging.merge(changeSet, Strictness.CELL).report().updated()).isEqualTo(2);
      assertThat(merging.ask("SELECT string_agg(stock::text, ',' ORDER BY id) FROM products"))
          .isEqualTo("99,100,99,99,99");
    }
  }

  @Test
  void theSameSumOnTheParent_isNoConvergence_becauseBothAdded() throws SQLException {
    try (Merging merging = Merging.into(PRODUCTS)) {
      ChangeSet changeSet =
          merging.countingExperiment("UPDATE products SET stock = stock + 5 WHERE id = 1", "stock");
      merging.parentDoes("UPDATE products SET stock = stock + 5 WHERE id = 1");

      assertThat(merging.merge(changeSet, Strictness.CELL).report().updated()).isEqualTo(1);
      assertThat(merging.ask("SELECT stock FROM products WHERE id = 1")).isEqualTo("20");
    }
  }

  @Test
  void whatCannotBeAdded_isAConflict_neverAnotherValue() throws SQLException {
    try (Merging merging = Merging.into(PRODUCTS)) {
      ChangeSet changeSet =
          merging.countingExperiment(
              """
              UPDATE products SET stock = stock + 5 WHERE id = 1;
              UPDATE products SET sold = 30000 WHERE id = 2;
              UPDATE products SET price = price + 990 WHERE id = 3;
              UPDATE products SET weight = 'NaN' WHERE id = 4;
              UPDATE products SET stock = NULL WHERE id = 5;
              """,
              "stock",
              "sold",
              "price",
              "weight");
      merging.parentDoes(
          """
          UPDATE products SET stock = NULL WHERE id = 1;
          UPDATE products SET sold = 3000 WHERE id = 2;
          UPDATE products SET price = 500 WHERE id = 3;
          UPDATE products SET weight = 1 WHERE id = 4;
          UPDATE products SET stock = 51 WHERE id = 5;
          """);
      String before = merging.parent.dump();

      assertThat(Merging.described(merging.merge(changeSet)))
          .containsExactly(
              "UPDATE_UPDATE products[1] stock: 10 | null | 15",
              "UPDATE_UPDATE products[2] sold: 2 | 3000 | 30000",
              "UPDATE_UPDATE products[3] price: 3.75 | 500.00 | 993.75",
              "UPDATE_UPDATE products[4] weight: 4.5 | 1 | NaN",
              "UPDATE_UPDATE products[5] stock: 50 | 51 | null");
      assertThat(merging.parent.dump()).isEqualTo(before);
    }
  }

  @Test
  void aSumThatACheckRefuses_isAConflict() throws SQLException {
    try (Merging merging = Merging.into(PRODUCTS)) {
      ChangeSet changeSet =
          merging.countingExperiment("UPDATE products SET stock = stock - 8 WHERE id = 1", "stock");
      merging.parentDoes("UPDATE products SET stock = 7 WHERE id = 1");

      assertThat(Merging.described(merging.merge(changeSet)))
          .singleElement()
          .asString()
          .startsWith("CONSTRAINT products");
      assertThat(merging.ask("SELECT stock FROM products WHERE id = 1")).isEqualTo("7");
    }
  }

  @Test
  void aDeletedRowWhoseCounterMoved_isAConflict() throws SQLException {
    try (Merging merging = Merging.into(PRODUCTS)) {
      ChangeSet changeSet =
          merging.countingExperiment("DELETE FROM products WHERE id = 1", "stock");
      merging.parentDoes("UPDATE products SET stock = 9 WHERE id = 1");

      assertThat(Merging.described(merging.merge(changeSet)))
          .containsExactly("DELETE_UPDATED products[1] stock: 10 | 9 | null");
    }
  }

  @Test
  void ofAParentThatHasNotMoved_theBranchComesOut_alsoNullsAndScales() throws SQLException {
    String experiment =
        """
        UPDATE products SET weight = 2.0 WHERE id = 1;
        UPDATE products SET stock = NULL, weight = weight + 1.000 WHERE id = 2;
        UPDATE products SET weight = 'Infinity' WHERE id = 3;
        INSERT INTO products VALUES (9, 'nine', NULL, 1, 'NaN', 1);
        """;
    try (Merging merging = Merging.into(PRODUCTS);
        Merging expected = Merging.into(PRODUCTS + experiment)) {
      ChangeSet changeSet = merging.countingExperiment(experiment, "stock", "weight");

      assertThat(merging.merge(changeSet).conflicts()).isNull();
      assertThat(merging.parent.dump()).isEqualTo(expected.parent.dump());
    }
  }

  @Test
  void theOrderOfTwoMerges_doesNotMatter() throws SQLException {
    try (Merging one = Merging.into(PRODUCTS);
        Merging other = Merging.into(PRODUCTS)) {
      for (long seed = 1; seed <= 3; seed++) {
        Random random = new Random(seed);
        String first = additions(random);
        String second = additions(random);
        String meanwhile = additions(random);
        inOrder(one, seed, meanwhile, first, second);
        inOrder(other, seed, meanwhile, second, first);

        assertThat(one.parent.dump()).as("seed %d", seed).isEqualTo(other.parent.dump());
      }
    }
  }

  private static String additions(Random random) {
    return """
    UPDATE products SET stock = stock + %d, sold = sold - %d, weight = weight + %d.%d
    WHERE id %% %d = 0
    """
        .formatted(
            random.nextInt(50),
            random.nextInt(5),
            random.nextInt(9),
            random.nextInt(1000),
            1 + random.nextInt(3));
  }

  private static void inOrder(Merging merging, long seed, String meanwhile, String... scripts)
      throws SQLException {
    List<ChangeSet> changeSets =
        List.of(
            merging.countingExperiment(scripts[0], "stock", "sold", "weight"),
            merging.countingExperiment(scripts[1], "stock", "sold", "weight"));
    merging.parentDoes(meanwhile);
    for (int i = 0; i < changeSets.size(); i++) {
      MergeResult result =
          merging.merge(
              merging.request(
                  "e-%d-%d".formatted(seed, i), changeSets.get(i), Strictness.ROW, List.of()),
              Progress.NONE);
      assertThat(result.conflicts()).as("seed %d", seed).isNull();
    }
  }
}
