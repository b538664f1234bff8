package dev.offshoot.domain;

import org.jspecify.annotations.Nullable;

/**
 * Input of the {@code decide} update: which way, and the same fields as the signals.
 *
 * @param decision {@code APPROVE} or {@code REJECT}
 */
public record DecideRequest(Decision.@Nullable Kind decision, @Nullable DecisionRequest request) {}
