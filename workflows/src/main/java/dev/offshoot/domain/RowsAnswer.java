package dev.offshoot.domain;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * More rows of a query that was run, read again on the branch, where nothing has been written
 * since.
 *
 * @param run number of the run that had it
 * @param statement its place in that run, from 1
 * @param from how many rows come before these
 * @param columns names of its columns
 * @param rows as text, null for SQL NULL; values elided when long
 * @param next with which {@code from} to ask for the next ones; absent if there are no more
 * @param failure why there are none, with SQLSTATE and position; absent if there are
 * @param millis how long it took
 */
public record RowsAnswer(
    int run,
    int statement,
    long from,
    List<String> columns,
    List<List<@Nullable String>> rows,
    @Nullable Long next,
    @Nullable Failure failure,
    long millis) {}
