package dev.offshoot.domain;

import org.jspecify.annotations.Nullable;

/**
 * Either the change set that the resolution gives, or the conflicts as they are now with the reason
 * why they are not resolved; nothing was written to the parent.
 *
 * @param changes the resolved change set
 * @param conflicts all conflicts, for another decision
 * @param why what keeps the resolution from being carried out, and what to do
 */
public record ResolveResult(
    @Nullable ChangeSummary changes, @Nullable ConflictReport conflicts, @Nullable String why) {
  public ResolveResult {
    if ((changes == null) == (conflicts == null) || (changes == null) == (why == null)) {
      throw new IllegalArgumentException("a resolution has either a change set or conflicts");
    }
  }

  public static ResolveResult resolved(ChangeSummary changes) {
    return new ResolveResult(changes, null, null);
  }

  public static ResolveResult unresolved(ConflictReport conflicts, String why) {
    return new ResolveResult(null, conflicts, why);
  }
}
