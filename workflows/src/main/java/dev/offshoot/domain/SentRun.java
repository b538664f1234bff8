package dev.offshoot.domain;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One {@code run} of a session as the audit keeps it: what was sent, and what became of it.
 *
 * @param run its number, from 1
 * @param count how many statements it had
 * @param statements all of them; empty if they were handed in, and so stand in the specification,
 *     in order
 * @param fate what became of them
 * @param sqlState of their failure
 * @param millis how long they took
 */
public record SentRun(
    int run,
    int count,
    List<String> statements,
    SessionRun.Fate fate,
    @Nullable String sqlState,
    long millis) {

  /** Of a session that hands in what is applied. */
  public static SentRun handedIn(SessionRun run) {
    return of(run, run.fate() == SessionRun.Fate.APPLIED ? List.of() : run.statements());
  }

  /** Of a session that hands in nothing. */
  public static SentRun of(SessionRun run) {
    return of(run, run.statements());
  }

  private static SentRun of(SessionRun run, List<String> shown) {
    return new SentRun(
        run.run(), run.statements().size(), shown, run.fate(), run.sqlState(), run.millis());
  }
}
