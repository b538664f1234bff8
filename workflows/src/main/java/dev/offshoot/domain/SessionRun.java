package dev.offshoot.domain;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One {@code run} of a session, for the record.
 *
 * @param run its number, from 1
 * @param statements what was sent
 * @param fate what became of it
 * @param results what each statement did, without rows; empty if nothing was applied
 * @param schemaStatements those that changed the schema; their indexes count within this run
 * @param sqlState of its failure
 * @param millis how long it took
 * @param wrote whether it wrote anything
 */
public record SessionRun(
    int run,
    List<String> statements,
    Fate fate,
    List<StatementResult> results,
    List<SchemaStatement> schemaStatements,
    @Nullable String sqlState,
    long millis,
    boolean wrote) {

  /** What becomes of a run. */
  public enum Fate {
    APPLIED,
    FAILED,
    /** It was applied, and undone by a return to a savepoint before it. */
    UNDONE,
    /** Its session was ended from outside before anybody knew what became of it. */
    UNKNOWN
  }

  /** The same, taken back. */
  public SessionRun undone() {
    return new SessionRun(
        run, statements, Fate.UNDONE, List.of(), List.of(), sqlState, millis, wrote);
  }
}
