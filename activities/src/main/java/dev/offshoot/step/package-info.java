/**
 * What every activity shares: heartbeats, cancellation, and the translation of errors to Temporal.
 */
@NullMarked
package dev.offshoot.step;

import org.jspecify.annotations.NullMarked;
