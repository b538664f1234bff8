package dev.offshoot.domain;

import org.jspecify.annotations.Nullable;

/**
 * Either a merge that was done or the conflicts that kept it from being done; exactly one is
 * present.
 */
public record MergeResult(@Nullable MergeReport report, @Nullable ConflictReport conflicts) {
  public MergeResult {
    if ((report == null) == (conflicts == null)) {
      throw new IllegalArgumentException("a merge has either a report or conflicts");
    }
  }

  public static MergeResult merged(MergeReport report) {
    return new MergeResult(report, null);
  }

  public static MergeResult conflicted(ConflictReport conflicts) {
    return new MergeResult(null, conflicts);
  }
}
