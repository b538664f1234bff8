/**
 * The path of an experiment as durable workflows: interfaces with their messages, and deterministic
 * implementations. No clocks, randomness, threads or I/O other than Temporal's own.
 */
@NullMarked
package dev.offshoot.workflow;

import org.jspecify.annotations.NullMarked;
