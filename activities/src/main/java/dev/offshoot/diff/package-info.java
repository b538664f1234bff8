/**
 * The net effect of an experiment: base against branch, frozen as a change set.
 *
 * <p>Start at {@link dev.offshoot.diff.DiffSteps}; {@code NetEffect} is the order of things. The
 * schema statements are replayed on the base in a transaction that is rolled back, so that old and
 * new rows can be compared in one shape and the replay is proved to give the branch's schema. What
 * a row holds "at the branch point" is therefore its image in the rehearsed base: after a
 * conversion of its column, and with the default of a column that is new. Where the server itself
 * chose that default (random, time of day), no other replay gives it again, and the old image has
 * null there.
 */
@NullMarked
package dev.offshoot.diff;

import org.jspecify.annotations.NullMarked;
