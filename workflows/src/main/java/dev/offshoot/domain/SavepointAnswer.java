package dev.offshoot.domain;

import java.util.List;

/**
 * What a session's {@code savepoint} or {@code undo} came to.
 *
 * @param savepoint its name
 * @param afterRun the run after which it was taken; 0 for the beginning
 * @param undoneRuns numbers of the runs that are undone by it
 * @param savepoints names of all that stand now, oldest first
 * @param millis how long it took
 */
public record SavepointAnswer(
    String savepoint,
    int afterRun,
    List<Integer> undoneRuns,
    List<String> savepoints,
    long millis) {}
