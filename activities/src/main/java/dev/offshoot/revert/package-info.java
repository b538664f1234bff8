/** Turning a merge around: the inverse of what it changed, as a change set of its own. */
@NullMarked
package dev.offshoot.revert;

import org.jspecify.annotations.NullMarked;
