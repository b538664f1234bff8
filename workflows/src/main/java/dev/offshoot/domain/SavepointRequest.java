package dev.offshoot.domain;

import org.jspecify.annotations.Nullable;

/**
 * Input of a session's {@code savepoint} and {@code undo} updates.
 *
 * @param name how the savepoint is called: one of that name is replaced, or returned to
 * @param by who sends it; if given, it must be who asked for the experiment
 */
public record SavepointRequest(@Nullable String name, @Nullable String by) {}
