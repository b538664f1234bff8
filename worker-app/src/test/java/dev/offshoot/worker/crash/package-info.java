/**
 * Killed processes: the worker, Postgres and Temporal as processes of their own, killed at points
 * that the tests name or choose, and what must be true when the experiments have ended all the
 * same.
 */
@NullMarked
package dev.offshoot.worker.crash;

import org.jspecify.annotations.NullMarked;
