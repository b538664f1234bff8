package dev.offshoot.domain;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was seen of an experiment's effects beyond definitions and rows, for the policy.
 *
 * @param identities objects that were renamed or replaced, bounded; {@code identityCount} has the
 *     number
 * @param identityCount all of them
 * @param locks locks of the schema script that keep others from a table, largest tables first,
 *     bounded
 * @param dropped what goes with dropped tables and columns that hold something, bounded
 * @param disagreements where the home's own comparison of schemas sees something else
 * @param waysOut by what code on the parent could write outside of the merge's transaction, bounded
 */
public record Observations(
    List<IdentityChange> identities,
    int identityCount,
    List<TableLock> locks,
    List<DroppedRows> dropped,
    List<String> disagreements,
    List<String> waysOut) {
  public static final Observations NONE = new Observations(List.of(), 0, List.of(), List.of());

  public Observations(
      @Nullable List<IdentityChange> identities,
      int identityCount,
      @Nullable List<TableLock> locks,
      @Nullable List<DroppedRows> dropped,
      @Nullable List<String> disagreements,
      @Nullable List<String> waysOut) {
    this.identities = identities == null ? List.of() : List.copyOf(identities);
    this.identityCount = identityCount;
    this.locks = locks == null ? List.of() : List.copyOf(locks);
    this.dropped = dropped == null ? List.of() : List.copyOf(dropped);
    this.disagreements = disagreements == null ? List.of() : List.copyOf(disagreements);
    this.waysOut = waysOut == null ? List.of() : List.copyOf(waysOut);
  }

  /** Where nobody disagrees and nothing leads out. */
  public Observations(
      List<IdentityChange> identities,
      int identityCount,
      List<TableLock> locks,
      List<DroppedRows> dropped) {
    this(identities, identityCount, locks, dropped, List.of(), List.of());
  }

  /** The same with those. */
  public Observations with(List<String> newDisagreements) {
    return new Observations(identities, identityCount, locks, dropped, newDisagreements, waysOut);
  }
}
