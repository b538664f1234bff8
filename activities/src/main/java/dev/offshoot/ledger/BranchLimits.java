package dev.offshoot.ledger;

/**
 * How many branches may be registered at once.
 *
 * @param ofParent of one parent
 * @param ofTenant of one parent on behalf of one tenant
 * @param more for how many more there is room where they live
 * @param whyNoMore why not for more, in words safe to show
 */
public record BranchLimits(int ofParent, int ofTenant, int more, String whyNoMore) {
  public static final BranchLimits NONE = new BranchLimits(Integer.MAX_VALUE, Integer.MAX_VALUE);

  /** With room for any number. */
  public BranchLimits(int ofParent, int ofTenant) {
    this(ofParent, ofTenant, Integer.MAX_VALUE, "");
  }
}
