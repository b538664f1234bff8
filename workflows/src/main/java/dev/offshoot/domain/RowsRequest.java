package dev.offshoot.domain;

import org.jspecify.annotations.Nullable;

/**
 * Input of a session's {@code rows} update: more rows of a query that was run.
 *
 * @param run number of the run that had it
 * @param statement its place in that run, from 1; the first if absent
 * @param from how many rows to leave out, usually as many as have been seen
 * @param rows how many rows are wanted; as many as the specification's limits say if absent
 * @param by who asks; if given, it must be who asked for the experiment
 */
public record RowsRequest(
    @Nullable Integer run,
    @Nullable Integer statement,
    @Nullable Long from,
    @Nullable Integer rows,
    @Nullable String by) {}
