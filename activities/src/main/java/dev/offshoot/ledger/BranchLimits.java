package dev.offshoot.ledger;

/**
 * How many branches may be registered at once.
 *
 * @param ofParent of one parent
 * @param ofTenant of one parent on behalf of one tenant
 */
public record BranchLimits(int ofParent, int ofTenant) {
  public static final BranchLimits NONE = new BranchLimits(Integer.MAX_VALUE, Integer.MAX_VALUE);
}
