package dev.offshoot.domain;

import org.jspecify.annotations.Nullable;

/**
 * What asking a language model took.
 *
 * @param model the model that says it answered
 * @param promptDigest SHA-256 of what it was shown, in hex, the fence's nonce set aside
 * @param inputTokens tokens that it read; absent if the server does not say
 * @param outputTokens tokens that it wrote; absent if the server does not say
 * @param tokens what counts against the experiment's budget: what the server says, else an estimate
 * @param millis how long it took
 * @param finish why it stopped writing, as the server says
 */
public record ModelUse(
    String model,
    String promptDigest,
    @Nullable Integer inputTokens,
    @Nullable Integer outputTokens,
    long tokens,
    long millis,
    String finish) {}
