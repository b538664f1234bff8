/** The net effect of an experiment: base against branch, frozen as a change set. */
@NullMarked
package dev.offshoot.diff;

import org.jspecify.annotations.NullMarked;
