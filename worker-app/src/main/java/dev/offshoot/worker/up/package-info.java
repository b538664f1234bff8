/**
 * Stack mode: the servers that {@code ./offshoot up} and {@code demo} run in the worker's process,
 * and what is told to the CLI that started it.
 */
@NullMarked
package dev.offshoot.worker.up;

import org.jspecify.annotations.NullMarked;
