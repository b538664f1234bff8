package dev.offshoot.domain;

import org.jspecify.annotations.Nullable;

/**
 * How it ended, by whom and why: the result of the {@code Experiment} workflow. A failed experiment
 * is a failed workflow whose failure carries this as its second detail.
 *
 * @param outcome how
 * @param by who brought it about: a person, {@code policy}, {@code deadline}, {@code worker}
 * @param why in a sentence
 * @param digest the change set, if it came that far
 * @param merge what the merge did
 * @param conflicts what kept it from merging
 * @param failure what failed
 */
public record ExperimentOutcome(
    Outcome outcome,
    String by,
    String why,
    @Nullable String digest,
    @Nullable MergeReport merge,
    @Nullable ConflictReport conflicts,
    @Nullable Failure failure) {}
