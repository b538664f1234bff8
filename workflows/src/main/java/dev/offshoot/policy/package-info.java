/**
 * What follows from what: pure functions from hazards, verdict and decisions to the next step.
 *
 * <p>No clock, no I/O, no Temporal: the same input gives the same answer for ever, which is what
 * lets both the workflow and the tests rely on them.
 */
@NullMarked
package dev.offshoot.policy;

import org.jspecify.annotations.NullMarked;
