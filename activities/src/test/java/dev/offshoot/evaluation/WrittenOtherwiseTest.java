package dev.offshoot.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.score.CaseLabel;
import dev.offshoot.score.Variation;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** The same experiment in other words. */
class WrittenOtherwiseTest {
  private static final UnaryOperator<String> RENAMING =
      WrittenOtherwise.renaming(List.of("orders", "orders_old"));

  @Test
  void tables_areRenamedWhereverTheirNameStands_andWhatIsNamedAfterThem() {
    assertThat(
            RENAMING.apply(
                "SELECT orders.id, 'orders' FROM public.orders JOIN reorders ON orders_id_seq = orders_old, borders, orders2"))
        .isEqualTo(
            "SELECT orders_ledger.id, 'orders_ledger' FROM public.orders_ledger JOIN reorders ON"
                + " orders_ledger_id_seq = orders_old_ledger, borders, orders2");
  }

  @Test
  void reformatting_touchesNeitherTextsNorQuotedNamesNorComments() {
    assertThat(
            statements(
                "UPDATE t /* stay: a */ SET \"Odd  n\" = 'a  B', c = $q$ d  E $q$ -- stay\nWHERE id>=1",
                Variation.REFORMATTED))
        .containsExactly(
            "update\n  T /* stay: a */ set\n  \"Odd  n\"\n  =\n  'a  B',\n  C\n  =\n  $q$ d  E $q$ -- stay\nwhere\n  ID>=1");
  }

  @Test
  void statements_areReversed_unlessThereIsOne() {
    assertThat(statements("SELECT 1; SELECT 2; SELECT 3", Variation.REORDERED))
        .containsExactly("SELECT 3", "SELECT 2", "SELECT 1");
    assertThat(otherwise("SELECT 1", Variation.REORDERED)).isEmpty();
  }

  @Test
  void padding_standsBeforeAndAfter() {
    List<String> padded = statements("DROP TABLE t", Variation.PADDED);

    assertThat(padded).hasSize(9);
    assertThat(padded.get(4)).isEqualTo("DROP TABLE t");
    assertThat(padded.get(0)).startsWith("SELECT ").isNotEqualTo(padded.get(1));
  }

  private static List<String> statements(String script, Variation variation) {
    return otherwise(script, variation).orElseThrow().spec().statements();
  }

  private static Optional<EvaluationCase> otherwise(String script, Variation variation) {
    ExperimentSpec spec =
        ExperimentSpec.builder().goal("g").parent("p").requestedBy("a").script(script).build();
    return WrittenOtherwise.of(
        new EvaluationCase("f/n", CaseLabel.SAFE, List.of(), null, spec), variation, RENAMING);
  }
}
