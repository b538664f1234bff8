package dev.offshoot.domain;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a person wants conflicts to be resolved.
 *
 * @param kind conflicts of that kind; of any if absent
 * @param table conflicts in that table; in any if absent
 * @param take whose change stands in the end
 */
public record Resolution(Conflict.@Nullable Kind kind, @Nullable TableName table, Take take) {

  /** Which side of a conflict stands in the end. */
  public enum Take {
    /** The parent keeps what it has; the change that collides leaves the change set. */
    PARENT,
    /** The parent gets what the branch has, over what the person was shown. */
    BRANCH
  }

  /** The side that {@code all} name for a conflict, by the most specific of them. */
  public static Optional<Take> of(
      List<Resolution> all, Conflict.Kind kind, @Nullable TableName table) {
    return all.stream()
        .filter(one -> one.covers(kind, table))
        .max(Comparator.comparing(Resolution::weight))
        .map(Resolution::take);
  }

  /** Whether it speaks of such a conflict. */
  public boolean covers(Conflict.Kind ofKind, @Nullable TableName in) {
    return (kind == null || kind == ofKind) && (table == null || table.equals(in));
  }

  /** A table says more than a kind, both more than either. */
  public int weight() {
    return (kind == null ? 0 : 1) + (table == null ? 0 : 2);
  }
}
