package dev.offshoot.merge;

import static dev.offshoot.domain.RowChange.Kind.DELETE;
import static dev.offshoot.domain.RowChange.Kind.INSERT;
import static dev.offshoot.domain.RowChange.Kind.UPDATE;

import dev.offshoot.domain.RowChange;
import dev.offshoot.merge.ApplicationOrder.Rule;
import dev.offshoot.merge.ApplicationOrder.Step;
import dev.offshoot.merge.ForeignKey.Action;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What foreign keys and unique indexes ask of the order in which tables are changed. */
final class OrderRules {
  private final List<StagedTable> tables;
  private final List<Rule> rules = new ArrayList<>();

  private OrderRules(List<StagedTable> tables) {
    this.tables = tables;
  }

  /** Every statement that there is to run. */
  static List<Step> steps(List<StagedTable> tables) {
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < tables.size(); i++) {
      int table = i;
      Stream.of(RowChange.Kind.values())
          .filter(tables.get(table)::has)
          .forEach(kind -> steps.add(new Step(table, kind)));
    }
    return steps;
  }

  static List<Rule> between(List<StagedTable> tables, List<ForeignKey> keys) {
    OrderRules rules = new OrderRules(tables);
    keys.forEach(rules::foreignKey);
    for (int i = 0; i < tables.size(); i++) {
      rules.uniqueness(i);
    }
    return List.copyOf(rules.rules);
  }

  private void foreignKey(ForeignKey key) {
    int child = place(key.child());
    int target = place(key.target());
    if (child < 0 || target < 0) {
      return;
    }
    // A check of the referring rows can wait; so can the complaint of NO ACTION, but no other
    // action.
    boolean deleteCanWait = key.onDelete() == Action.NO_ACTION;
    boolean updateCanWait = key.onUpdate() == Action.NO_ACTION;
    boolean moves = tables.get(child).updatesAny(key.child().columns());
    boolean renumbers = tables.get(target).updatesAny(key.target().columns());
    rule(child, DELETE, target, DELETE, key, deleteCanWait);
    rule(target, INSERT, child, INSERT, key, true);
    if (moves) {
      rule(child, UPDATE, target, DELETE, key, deleteCanWait);
      rule(target, INSERT, child, UPDATE, key, true);
    }
    if (renumbers) {
      rule(child, DELETE, target, UPDATE, key, updateCanWait);
      rule(target, UPDATE, child, INSERT, key, true);
    }
    if (moves && renumbers) {
      rule(child, UPDATE, target, UPDATE, key, updateCanWait);
      rule(target, UPDATE, child, UPDATE, key, true);
    }
  }

  /** A value is given up before it is taken. */
  private void uniqueness(int table) {
    StagedTable staged = tables.get(table);
    boolean keyIsWrittenAnew = staged.table().hasKey() && staged.has(DELETE);
    if (!staged.uniqueIndexes().isEmpty()) {
      rule(table, DELETE, table, UPDATE, null, false);
      rule(table, UPDATE, table, INSERT, null, false);
    }
    if (!staged.uniqueIndexes().isEmpty() || keyIsWrittenAnew) {
      rule(table, DELETE, table, INSERT, null, false);
    }
  }

  private void rule(
      int first,
      RowChange.Kind firstKind,
      int then,
      RowChange.Kind thenKind,
      @Nullable ForeignKey key,
      boolean canWait) {
    Step one = new Step(first, firstKind);
    Step other = new Step(then, thenKind);
    if (tables.get(first).has(firstKind) && tables.get(then).has(thenKind) && !one.equals(other)) {
      rules.add(new Rule(one, other, key, canWait));
    }
  }

  private int place(ForeignKey.End end) {
    for (int i = 0; i < tables.size(); i++) {
      if (tables.get(i).isAt(end)) {
        return i;
      }
    }
    return -1;
  }
}
