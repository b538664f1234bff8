package dev.offshoot.domain;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of an experiment that has ended, for as long as the ledger keeps it: longer than
 * Temporal keeps the history. Values of rows are not in it; the digest names the change set.
 *
 * @param experiment its id, or the whole workflow id where that names no experiment
 * @param workflowId its workflow
 * @param runId the very run
 * @param parent the parent's name
 * @param tenant on whose behalf
 * @param goal what the task was
 * @param requestedBy who asked
 * @param startedAt when it began
 * @param closedAt when it had ended
 * @param spec what was asked for, with every statement; absent where it was refused, or where
 *     nobody knows it any more
 * @param branch its last branch, if there was one
 * @param statements what each statement did
 * @param sent of a session, all that its agent sent, failed and undone runs among it
 * @param digest the change set that was reviewed
 * @param tables rows that the change set changes
 * @param schemaChanges objects that it changes
 * @param judgement hazards and verdict
 * @param decisions taken and refused, with who
 * @param outcome how it ended, with the receipt of a merge
 * @param timeline what happened, in order, bounded
 * @param cost what it has used up; absent where nobody knows
 * @param writtenBy who wrote this
 */
public record AuditRecord(
    String experiment,
    String workflowId,
    String runId,
    @Nullable String parent,
    @Nullable String tenant,
    @Nullable String goal,
    @Nullable String requestedBy,
    Instant startedAt,
    Instant closedAt,
    @Nullable ExperimentSpec spec,
    @Nullable BranchInfo branch,
    List<Statement> statements,
    List<SentRun> sent,
    @Nullable String digest,
    List<ChangedRows> tables,
    int schemaChanges,
    @Nullable Judgement judgement,
    List<Decision> decisions,
    ExperimentOutcome outcome,
    List<TimelineEvent> timeline,
    @Nullable Cost cost,
    Writer writtenBy) {

  /** The same at another cost. */
  public AuditRecord at(@Nullable Cost newCost) {
    return new AuditRecord(
        experiment,
        workflowId,
        runId,
        parent,
        tenant,
        goal,
        requestedBy,
        startedAt,
        closedAt,
        spec,
        branch,
        statements,
        sent,
        digest,
        tables,
        schemaChanges,
        judgement,
        decisions,
        outcome,
        timeline,
        newCost,
        writtenBy);
  }

  /** Who wrote a record. */
  public enum Writer {
    /** The experiment's own workflow, at its end. */
    WORKFLOW,
    /** The worker, which found that the workflow had ended without a word, as when terminated. */
    JANITOR
  }

  /**
   * @param index its place in the script, from 0
   * @param millis how long it took
   * @param rowsAffected as the server reported them
   * @param changedSchema whether it changed the schema
   */
  public record Statement(
      int index, long millis, @Nullable Long rowsAffected, boolean changedSchema) {}

  /**
   * @param table which
   * @param inserted rows
   * @param updated rows
   * @param deleted rows
   */
  public record ChangedRows(TableName table, long inserted, long updated, long deleted) {}
}
