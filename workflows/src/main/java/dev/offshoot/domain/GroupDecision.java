package dev.offshoot.domain;

import org.jspecify.annotations.Nullable;

/**
 * What a group decides about one of its variants.
 *
 * @param number counts what the group has sent to its variants, so that answers are told apart
 * @param kind which way
 * @param request a person's; absent where the policy decides
 * @param why where the policy decides
 */
public record GroupDecision(
    long number, Decision.Kind kind, @Nullable DecisionRequest request, @Nullable String why) {}
