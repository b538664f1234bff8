/**
 * Homes of branches: {@link dev.offshoot.branch.BranchProvider} and its adapters, the configured
 * parents, and the logins under which anybody touches parent, branch or base.
 */
@NullMarked
package dev.offshoot.branch;

import org.jspecify.annotations.NullMarked;
