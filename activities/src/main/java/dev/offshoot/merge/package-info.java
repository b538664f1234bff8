/** Applying a frozen change set to the parent in one guarded transaction. */
@NullMarked
package dev.offshoot.merge;

import org.jspecify.annotations.NullMarked;
