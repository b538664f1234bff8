/**
 * The worker's configuration as immutable records, and what is said when it is wrong: every problem
 * at once, each with its key and its remedy, never with a secret.
 */
@NullMarked
package dev.offshoot.worker.settings;

import org.jspecify.annotations.NullMarked;
