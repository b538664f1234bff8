package dev.offshoot.domain;

import org.jspecify.annotations.Nullable;

/**
 * Input of a session's {@code submit} and {@code discard} updates.
 *
 * @param by who sends it; if given, it must be who asked for the experiment
 * @param reason why, for those who review
 */
public record HandInRequest(@Nullable String by, @Nullable String reason) {}
