/**
 * What the whole costs: a worker in a process of its own, a real Temporal server and a durable
 * Postgres under load. {@code benchmarks/README.md} says what is measured.
 */
@NullMarked
package dev.offshoot.worker.benchmark;

import org.jspecify.annotations.NullMarked;
