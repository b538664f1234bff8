package dev.offshoot.domain;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All conflicts of one merge attempt; nothing was written.
 *
 * @param total how many there are
 * @param conflicts the first of them, bounded
 * @param counts all of them, counted by kind and table
 * @param fingerprint SHA-256 over every conflict with the parent's values, in hex: resolving them
 *     is only about what was shown
 */
public record ConflictReport(
    int total, List<Conflict> conflicts, List<ConflictCount> counts, @Nullable String fingerprint) {

  /** None. */
  public static final ConflictReport NONE = new ConflictReport(0, List.of(), List.of(), null);

  public ConflictReport(
      int total,
      List<Conflict> conflicts,
      @Nullable List<ConflictCount> counts,
      @Nullable String fingerprint) {
    this.total = total;
    this.conflicts = conflicts;
    this.counts = counts == null ? List.of() : List.copyOf(counts);
    this.fingerprint = fingerprint;
  }

  /** Conflicts that nobody can resolve, since nothing says what they were about. */
  public ConflictReport(int total, List<Conflict> conflicts) {
    this(total, conflicts, List.of(), null);
  }
}
