package dev.offshoot.domain;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * That a merge was taken back later. The merged experiment had ended by then and cannot tell it
 * itself.
 *
 * @param experiment the revert
 * @param at when, by the parent's clock, or the ledger's where the parent cannot be asked
 * @param by who approved it; absent where the parent cannot be asked
 */
public record Reverted(ExperimentId experiment, Instant at, @Nullable String by) {}
