package dev.offshoot.merge;

import dev.offshoot.domain.RowChange;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * In which order the changes of all tables are applied, so that foreign keys and unique indexes
 * hold after every statement; and which foreign keys have to wait for the end because no order
 * satisfies them.
 *
 * @param steps one statement each, in order
 * @param deferred foreign keys that the order breaks for a while
 */
record ApplicationOrder(List<Step> steps, List<ForeignKey> deferred) {

  /**
   * @param table place of the table among those of the change set
   * @param kind which of its changes
   */
  record Step(int table, RowChange.Kind kind) implements Comparable<Step> {
    /** Deletes, updates, inserts where nothing speaks against it. */
    private static final List<RowChange.Kind> USUAL =
        List.of(RowChange.Kind.DELETE, RowChange.Kind.UPDATE, RowChange.Kind.INSERT);

    private static final Comparator<Step> ORDER =
        Comparator.comparing((Step step) -> USUAL.indexOf(step.kind)).thenComparing(Step::table);

    @Override
    public int compareTo(Step other) {
      return ORDER.compare(this, other);
    }
  }

  /**
   * One step before another.
   *
   * @param key the foreign key that asks for it; absent if unique indexes do
   * @param canWait whether the order need not be kept if that key's check is deferred
   */
  record Rule(Step first, Step then, @Nullable ForeignKey key, boolean canWait) {
    private boolean isWaived() {
      return canWait && key != null && key.deferrable();
    }
  }

  /**
   * Keeps every rule if it can; else gives up those of foreign keys whose check can wait, then
   * those of unique indexes, then all.
   *
   * @param rules between steps that are there
   */
  static ApplicationOrder of(Collection<Step> steps, List<Rule> rules) {
    List<Predicate<Rule>> kept =
        List.of(
            rule -> !rule.isWaived(),
            rule -> !rule.canWait(),
            rule -> !rule.canWait() && rule.key() != null);
    for (Predicate<Rule> keep : kept) {
      List<Step> order = sorted(steps, rules.stream().filter(keep).toList());
      if (order.size() == steps.size()) {
        return new ApplicationOrder(order, broken(order, rules));
      }
    }
    List<Step> usual = List.copyOf(new TreeSet<>(steps));
    return new ApplicationOrder(usual, broken(usual, rules));
  }

  /** Steps in an order that keeps the rules; not all of them if the rules go in a circle. */
  private static List<Step> sorted(Collection<Step> steps, List<Rule> rules) {
    Map<Step, Integer> waitsFor = new HashMap<>();
    Map<Step, List<Step>> followers = new HashMap<>();
    for (Rule rule : rules) {
      waitsFor.merge(rule.then, 1, Integer::sum);
      followers.computeIfAbsent(rule.first, step -> new ArrayList<>()).add(rule.then);
    }
    TreeSet<Step> ready = new TreeSet<>(steps);
    ready.removeAll(waitsFor.keySet());
    List<Step> order = new ArrayList<>();
    while (!ready.isEmpty()) {
      Step next = ready.first();
      ready.remove(next);
      order.add(next);
      for (Step follower : followers.getOrDefault(next, List.of())) {
        if (waitsFor.merge(follower, -1, Integer::sum) == 0) {
          ready.add(follower);
        }
      }
    }
    return order;
  }

  private static List<ForeignKey> broken(List<Step> order, List<Rule> rules) {
    List<ForeignKey> keys = new ArrayList<>();
    for (Rule rule : rules) {
      boolean isBroken = order.indexOf(rule.first) > order.indexOf(rule.then);
      if (isBroken && rule.canWait && rule.key != null && !keys.contains(rule.key)) {
        keys.add(rule.key);
      }
    }
    return List.copyOf(keys);
  }
}
