package dev.offshoot.workflow;

import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ConnectAnswer;
import dev.offshoot.domain.ConnectRequest;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.HandInAnswer;
import dev.offshoot.domain.HandInRequest;
import dev.offshoot.domain.RowsAnswer;
import dev.offshoot.domain.RowsRequest;
import dev.offshoot.domain.RunAnswer;
import dev.offshoot.domain.RunRequest;
import dev.offshoot.domain.SavepointAnswer;
import dev.offshoot.domain.SavepointRequest;
import dev.offshoot.domain.SessionEnd;
import dev.offshoot.domain.SessionState;
import dev.offshoot.domain.SessionView;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.UpdateMethod;
import io.temporal.workflow.UpdateValidatorMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import org.jspecify.annotations.Nullable;

/**
 * The stretch of an experiment in which its agent sends statements one after the other. Workflow
 * type {@code Session}, workflow id {@code session-<id>}, a child of the experiment's own workflow:
 * its history may become long, and is then begun anew without losing a message.
 *
 * <p>Every update waits for those before it. Refused (by the validator, so nothing enters the
 * history) is what cannot be taken; what the server refuses is an answer.
 */
@WorkflowInterface
public interface SessionWorkflow {

  /** Until the session is handed in, discarded or forgotten. */
  @WorkflowMethod(name = "Session")
  SessionEnd run(Start start);

  /** Runs one or more statements in a transaction of their own. */
  @UpdateMethod(
      name = "run",
      description =
          "Run statements in one transaction. JSON: {\"sql\": \"SELECT 1\", \"rows\": 10}")
  RunAnswer runStatements(@Nullable RunRequest request);

  @UpdateValidatorMethod(updateName = "run")
  void validateRun(@Nullable RunRequest request);

  /** More rows of a query that was run, as long as nothing was written since. */
  @UpdateMethod(
      name = "rows",
      description = "More rows of a query. JSON: {\"run\": 3, \"from\": 10, \"rows\": 100}")
  RowsAnswer rows(@Nullable RowsRequest request);

  @UpdateValidatorMethod(updateName = "rows")
  void validateRows(@Nullable RowsRequest request);

  /** Keeps the branch as it is now, to return to it. */
  @UpdateMethod(
      name = "savepoint",
      description = "Keep the branch as it is now. JSON: {\"name\": \"before-cleanup\"}")
  SavepointAnswer savepoint(@Nullable SavepointRequest request);

  @UpdateValidatorMethod(updateName = "savepoint")
  void validateSavepoint(@Nullable SavepointRequest request);

  /** Makes the branch what it was when the savepoint was taken; the savepoint stands on. */
  @UpdateMethod(
      name = "undo",
      description = "Return to a savepoint. JSON: {\"name\": \"before-cleanup\"}")
  SavepointAnswer undo(@Nullable SavepointRequest request);

  @UpdateValidatorMethod(updateName = "undo")
  void validateUndo(@Nullable SavepointRequest request);

  /** What would be handed in now: the same as the reviewed diff, by the same code. */
  @UpdateMethod(name = "diff", description = "What would be handed in now. JSON: {}")
  ChangeSummary diff(@Nullable HandInRequest request);

  @UpdateValidatorMethod(updateName = "diff")
  void validateDiff(@Nullable HandInRequest request);

  /** Hands in what is applied; from here on it is an experiment like any other. */
  @UpdateMethod(
      name = "submit",
      description = "Hand in what is applied. JSON: {\"by\": \"agent-7\", \"reason\": \"why\"}")
  HandInAnswer submit(@Nullable HandInRequest request);

  @UpdateValidatorMethod(updateName = "submit")
  void validateSubmit(@Nullable HandInRequest request);

  /** Ends the session with nothing handed in. */
  @UpdateMethod(
      name = "discard",
      description =
          "End the session, merge nothing. JSON: {\"by\": \"agent-7\", \"reason\": \"why\"}")
  HandInAnswer discard(@Nullable HandInRequest request);

  @UpdateValidatorMethod(updateName = "discard")
  void validateDiscard(@Nullable HandInRequest request);

  /**
   * Lets the agent connect to the branch by itself, with a password that it keeps. The next message
   * of any other kind ends the connections and takes in what they did.
   */
  @UpdateMethod(
      name = "connect",
      description =
          "Let the agent connect. JSON: {\"verifier\": \"SCRAM-SHA-256$…\", \"by\": \"agent-7\"}")
  ConnectAnswer connect(@Nullable ConnectRequest request);

  @UpdateValidatorMethod(updateName = "connect")
  void validateConnect(@Nullable ConnectRequest request);

  /** Ends the agent's connections and takes in what they did. */
  @UpdateMethod(name = "disconnect", description = "End the agent's connections. JSON: {}")
  SessionView disconnect(@Nullable HandInRequest request);

  @UpdateValidatorMethod(updateName = "disconnect")
  void validateDisconnect(@Nullable HandInRequest request);

  /**
   * Ends the session with its experiment: what runs is stopped, and what was sent is told. A
   * cancelled workflow tells nothing.
   */
  @SignalMethod(name = "stop", description = "End the session. For its experiment's own workflow.")
  void stop();

  /** All that is known now; also after the end. */
  @QueryMethod(name = "session", description = "All that is known of the session now")
  SessionView session();

  /**
   * Input of the workflow.
   *
   * @param branch where the statements run
   * @param spec of the experiment
   * @param branchBytes size of the branch when it was made
   * @param messagesPerHistory updates after which the history is begun anew; usually {@link
   *     #MESSAGES_PER_HISTORY}
   * @param state what the history before hands on
   */
  record Start(
      BranchRef branch,
      ExperimentSpec spec,
      long branchBytes,
      int messagesPerHistory,
      SessionState state) {}

  /** Stands in a script for what nobody knows the statements of; harmless where it is run. */
  String OVER_A_CONNECTION = "SELECT 'an agent worked over a connection'";

  /** What a message is told that comes while another history begins: to be sent again. */
  String TURNING_PAGE = "the session is turning a page of its history; send it again";

  /**
   * A history takes 2,000 updates, 51,200 events and 50 MB; an update is about 11 events and, at
   * its bounds, 250 kB, which {@link SessionWorkflowImpl} watches too.
   */
  int MESSAGES_PER_HISTORY = 500;
}
