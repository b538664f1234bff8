package dev.offshoot.domain;

import java.time.Instant;

/**
 * Something that happened to an experiment, for people who watch.
 *
 * @param at when
 * @param stage in which stage
 * @param what in a sentence, safe to show
 */
public record TimelineEvent(Instant at, Stage stage, String what) {}
