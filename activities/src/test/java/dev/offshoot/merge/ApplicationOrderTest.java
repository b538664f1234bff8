package dev.offshoot.merge;

import static dev.offshoot.domain.RowChange.Kind.DELETE;
import static dev.offshoot.domain.RowChange.Kind.INSERT;
import static dev.offshoot.domain.RowChange.Kind.UPDATE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.merge.ApplicationOrder.Rule;
import dev.offshoot.merge.ApplicationOrder.Step;
import dev.offshoot.merge.ForeignKey.Action;
import dev.offshoot.merge.ForeignKey.End;
import java.util.List;
import org.junit.jupiter.api.Test;

class ApplicationOrderTest {
  private static final ForeignKey PLAIN = key("plain", Action.NO_ACTION, false);
  private static final ForeignKey DEFERRABLE = key("deferrable", Action.NO_ACTION, true);

  @Test
  void withoutRules_deletesThenUpdatesThenInserts() {
    List<Step> steps = List.of(new Step(0, INSERT), new Step(1, DELETE), new Step(0, UPDATE));

    assertThat(ApplicationOrder.of(steps, List.of()).steps())
        .containsExactly(new Step(1, DELETE), new Step(0, UPDATE), new Step(0, INSERT));
  }

  @Test
  void rulesThatCanBeKept_areKept_andNothingWaits() {
    Step update = new Step(0, UPDATE);
    Step delete = new Step(1, DELETE);

    ApplicationOrder order =
        ApplicationOrder.of(
            List.of(update, delete), List.of(new Rule(update, delete, PLAIN, true)));

    assertThat(order.steps()).containsExactly(update, delete);
    assertThat(order.deferred()).isEmpty();
  }

  @Test
  void inACircle_theCheckThatCanWaitWaits_andTheOthersAreKept() {
    Step insert = new Step(0, INSERT);
    Step update = new Step(1, UPDATE);
    Step delete = new Step(0, DELETE);

    ApplicationOrder order =
        ApplicationOrder.of(
            List.of(insert, update, delete),
            List.of(
                new Rule(insert, update, PLAIN, true),
                new Rule(update, delete, PLAIN, false),
                new Rule(delete, insert, null, false)));

    assertThat(order.steps()).containsExactly(update, delete, insert);
    assertThat(order.deferred()).containsExactly(PLAIN);
  }

  @Test
  void aDeferrableKey_isNotAskedFirst() {
    Step insert = new Step(0, INSERT);
    Step update = new Step(1, UPDATE);

    ApplicationOrder order =
        ApplicationOrder.of(
            List.of(insert, update), List.of(new Rule(insert, update, DEFERRABLE, true)));

    assertThat(order.steps()).containsExactly(update, insert);
  }

  @Test
  void whereNothingCanWait_uniqueIndexesGiveWayToForeignKeys() {
    Step update = new Step(0, UPDATE);
    Step delete = new Step(0, DELETE);

    ApplicationOrder order =
        ApplicationOrder.of(
            List.of(update, delete),
            List.of(
                new Rule(update, delete, key("cascading", Action.CASCADE, false), false),
                new Rule(delete, update, null, false)));

    assertThat(order.steps()).containsExactly(update, delete);
  }

  private static ForeignKey key(String name, Action action, boolean deferrable) {
    End end = new End(1, "public", "t", false, List.of("a"));
    return new ForeignKey(name, end, end, List.of("="), action, action, deferrable);
  }
}
