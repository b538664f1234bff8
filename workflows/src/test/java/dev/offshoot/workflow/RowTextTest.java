package dev.offshoot.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.domain.ColumnShape;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.TableChanges;
import dev.offshoot.domain.TableName;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowTextTest {
  private static final TableChanges PRODUCTS =
      new TableChanges(
          new TableName("public", "products"),
          List.of(
              new ColumnShape("id", "integer"),
              new ColumnShape("stock", "integer", true),
              new ColumnShape("price", "numeric")),
          List.of(0),
          0,
          1,
          0,
          9,
          List.of());

  @Test
  void counter_showsWhatIsAdded() {
    assertThat(row(List.of("1", "10", "3"), List.of("1", "15", "4")))
        .isEqualTo("~ id='1': stock +5 from stock='10' → '15', price='3' → '4'");
    assertThat(row(List.of("1", "10", "3"), List.of("1", "7", "3")))
        .isEqualTo("~ id='1': stock -3 from stock='10' → '7'");
  }

  @Test
  void counterWithoutADifference_showsItsValues() {
    assertThat(row(List.of("1", "10", "3"), Arrays.asList("1", null, "3")))
        .isEqualTo("~ id='1': stock='10' → NULL");
  }

  private static String row(List<String> before, List<String> after) {
    return RowText.of(PRODUCTS, RowChange.update(List.copyOf(before), after));
  }
}
