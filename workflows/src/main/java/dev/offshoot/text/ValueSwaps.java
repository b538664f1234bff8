package dev.offshoot.text;

import dev.offshoot.domain.RowChange;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finds updates that could want a value that another updated row still has, which a unique index
 * refuses while the rows change one after the other. In constant memory: values are remembered as
 * bits, so that now and then an update is suspected that is none, but none is missed.
 */
final class ValueSwaps {
  private static final int BITS = 1 << 26;

  private final BitSet had = new BitSet();
  private final BitSet left = new BitSet();

  /** To be called for every update of a table before the first question. */
  void add(RowChange update) {
    List<@Nullable String> before = Objects.requireNonNull(update.before());
    List<@Nullable String> after = Objects.requireNonNull(update.after());
    for (int i = 0; i < before.size(); i++) {
      if (before.get(i) != null) {
        int bit = bit(i, before.get(i));
        had.set(bit);
        if (!Objects.equals(before.get(i), after.get(i))) {
          left.set(bit);
        }
      }
    }
  }

  /**
   * Whether another row had a value that this one takes on, and left a value that this one has:
   * both are so for two rows that one unique index keeps apart, whatever columns it has.
   */
  boolean concerns(RowChange update) {
    List<@Nullable String> before = Objects.requireNonNull(update.before());
    List<@Nullable String> after = Objects.requireNonNull(update.after());
    boolean takesOn = false;
    boolean hasWhatWasLeft = false;
    for (int i = 0; i < after.size(); i++) {
      if (after.get(i) != null) {
        int bit = bit(i, after.get(i));
        takesOn |= !Objects.equals(before.get(i), after.get(i)) && had.get(bit);
        hasWhatWasLeft |= left.get(bit);
      }
    }
    return takesOn && hasWhatWasLeft;
  }

  private static int bit(int column, @Nullable String value) {
    int hash = Objects.hashCode(value) * 31 + column;
    hash *= 0x9E3779B9;
    return (hash ^ (hash >>> 15)) & (BITS - 1);
  }
}
