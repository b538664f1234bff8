package dev.offshoot.domain;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of a session's {@code run}: all of its statements are applied, or none is.
 *
 * @param run its number in the session, from 1
 * @param applied whether its transaction committed
 * @param statements a result for each statement, in order; their indexes count through the session;
 *     empty if nothing was applied
 * @param notices what the server said beside, the first of them
 * @param failure why nothing was applied, with SQLSTATE and position; absent if it was
 * @param resultsLost whether rows and notices were lost with the worker that got them, though the
 *     statements are applied: query again
 * @param millis how long it took
 * @param statementsLeft how many more the session takes
 */
public record RunAnswer(
    int run,
    boolean applied,
    List<StatementResult> statements,
    List<String> notices,
    @Nullable Failure failure,
    boolean resultsLost,
    long millis,
    int statementsLeft) {}
