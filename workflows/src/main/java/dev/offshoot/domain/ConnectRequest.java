package dev.offshoot.domain;

import org.jspecify.annotations.Nullable;

/**
 * Input of a session's {@code connect} update.
 *
 * @param verifier SCRAM-SHA-256 verifier of a password that the sender has made up and keeps, as
 *     Postgres stores it: {@code SCRAM-SHA-256$4096:salt$key:key}
 * @param by who sends it; it must be who asked for the experiment
 */
public record ConnectRequest(@Nullable String verifier, @Nullable String by) {}
