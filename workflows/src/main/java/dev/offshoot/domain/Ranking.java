package dev.offshoot.domain;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * In which order the judge would pick the variants of a group; advice only.
 *
 * @param order numbers of variants, best first
 * @param by which judge, or {@code policy}
 * @param reasons why, made safe to show
 * @param modelUse what asking a model took; absent where none was asked
 */
public record Ranking(
    List<Integer> order, String by, List<String> reasons, @Nullable ModelUse modelUse) {
  public Ranking {
    order = List.copyOf(order);
    reasons = List.copyOf(reasons);
  }
}
