package dev.offshoot.client;

import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ConnectAnswer;
import dev.offshoot.domain.ConnectRequest;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.HandInAnswer;
import dev.offshoot.domain.HandInRequest;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.RowsAnswer;
import dev.offshoot.domain.RowsRequest;
import dev.offshoot.domain.RunAnswer;
import dev.offshoot.domain.RunRequest;
import dev.offshoot.domain.SavepointAnswer;
import dev.offshoot.domain.SavepointRequest;
import dev.offshoot.domain.SessionView;
import dev.offshoot.domain.Stage;
import dev.offshoot.workflow.Failures;
import dev.offshoot.workflow.SessionWorkflow;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateException;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The session of one experiment as its agent sees it: run statements, look, undo, hand in.
 *
 * <p>What the server refuses is an answer. Every method throws {@link OffshootException} with
 * {@code SESSION_REFUSED} and the reason if the session does not take the message, and with {@code
 * NOT_FOUND} if there is no such experiment. A request whose answer is lost on the way is sent
 * again and runs once.
 */
public final class AgentSession {
  private static final Duration OPENING = Duration.ofSeconds(20);
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final WorkflowClient temporal;
  private final Experiment experiment;

  AgentSession(WorkflowClient temporal, Experiment experiment) {
    this.temporal = temporal;
    this.experiment = experiment;
  }

  public ExperimentId id() {
    return experiment.id();
  }

  /**
   * Until the branch is there and statements can be sent.
   *
   * @throws OffshootException {@code SESSION_REFUSED} if it ended before; {@code LIMIT_EXCEEDED}
   *     when that took longer
   */
  public ExperimentStatus awaitOpen(Duration atMost) throws InterruptedException {
    // What fails on the way to its branch passes other stages before it says why.
    ExperimentStatus status =
        experiment.await(
            now -> now.stage() == Stage.IN_SESSION || now.stage() == Stage.CLOSED, atMost);
    if (status.stage() != Stage.IN_SESSION) {
      throw notOpen(status);
    }
    return status;
  }

  /** Runs one or more statements in a transaction of their own. */
  public RunAnswer run(String sql) {
    return run(RunRequest.of(sql));
  }

  /** The same with wishes. */
  public RunAnswer run(RunRequest request) {
    RunRequest once =
        request.requestId() == null
            ? new RunRequest(
                request.sql(), request.rows(), request.by(), UUID.randomUUID().toString())
            : request;
    return update("run", RunAnswer.class, once);
  }

  /**
   * More rows of a query that was run, as long as nothing was written since.
   *
   * @param run number of the run that had it; its first statement is meant
   * @param from how many rows to leave out
   */
  public RowsAnswer rows(int run, long from) {
    return rows(new RowsRequest(run, null, from, null, null));
  }

  /** The same with wishes. */
  public RowsAnswer rows(RowsRequest request) {
    return update("rows", RowsAnswer.class, request);
  }

  /** Keeps the branch as it is now. */
  public SavepointAnswer savepoint(String name) {
    return savepoint(new SavepointRequest(name, null));
  }

  /** The same, saying who does. */
  public SavepointAnswer savepoint(SavepointRequest request) {
    return update("savepoint", SavepointAnswer.class, request);
  }

  /** Makes the branch what it was when the savepoint was taken. */
  public SavepointAnswer undo(String name) {
    return undo(new SavepointRequest(name, null));
  }

  /** The same, saying who does. */
  public SavepointAnswer undo(SavepointRequest request) {
    return update("undo", SavepointAnswer.class, request);
  }

  /** What would be handed in now. */
  public ChangeSummary diff() {
    return diff(new HandInRequest(null, null));
  }

  /** The same, saying who asks. */
  public ChangeSummary diff(HandInRequest request) {
    return update("diff", ChangeSummary.class, request);
  }

  /**
   * Lets whoever has the password of that verifier connect to the branch; see {@link
   * ScramVerifier}. Any other message ends the connections and takes in what they did.
   */
  public ConnectAnswer connect(String verifier, String by) {
    return update("connect", ConnectAnswer.class, new ConnectRequest(verifier, by));
  }

  /** Ends the connections and takes in what they did. */
  public SessionView disconnect() {
    return update("disconnect", SessionView.class, new HandInRequest(null, null));
  }

  /** Hands in what is applied. */
  public HandInAnswer submit(@Nullable String reason) {
    return submit(new HandInRequest(null, reason));
  }

  /** The same, saying who does. */
  public HandInAnswer submit(HandInRequest request) {
    return update("submit", HandInAnswer.class, request);
  }

  /** Ends the session with nothing handed in. */
  public HandInAnswer discard(HandInRequest request) {
    return update("discard", HandInAnswer.class, request);
  }

  /** All that is known of it now; also after its end. */
  public SessionView view() {
    return whileItOpens(() -> stub().query("session", SessionView.class));
  }

  private <T> T update(String name, Class<T> answer, Object request) {
    return whileItOpens(
        () -> {
          while (true) {
            try {
              return stub().update(name, answer, request);
            } catch (WorkflowUpdateException e) {
              String why = Failures.fromTemporal(e).message();
              if (!why.contains(SessionWorkflow.TURNING_PAGE)) {
                throw new OffshootException(ErrorCode.SESSION_REFUSED, why, e);
              }
              pause();
            }
          }
        });
  }

  /** The experiment is in session a moment before its session can be found. */
  private <T> T whileItOpens(Supplier<T> question) {
    long end = System.nanoTime() + OPENING.toNanos();
    while (true) {
      try {
        return question.get();
      } catch (WorkflowNotFoundException e) {
        ExperimentStatus status = experiment.status();
        if (status.stage() != Stage.IN_SESSION || System.nanoTime() > end) {
          throw notOpen(status);
        }
        pause();
      }
    }
  }

  private OffshootException notOpen(ExperimentStatus status) {
    if (status.stage().compareTo(Stage.IN_SESSION) < 0) {
      return new OffshootException(
          ErrorCode.SESSION_REFUSED,
          "experiment %s is not open yet: it is at stage %s; wait for IN_SESSION"
              .formatted(id(), status.stage()));
    }
    return new OffshootException(
        ErrorCode.SESSION_REFUSED,
        "the session of experiment %s has ended, and nothing can be sent to it any more: it is %s"
            .formatted(
                id(),
                status.outcome() == null
                    ? "at stage " + status.stage()
                    : status.outcome().outcome() + " (" + status.outcome().why() + ")"));
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OffshootException(ErrorCode.CANCELLED, "interrupted while waiting", e);
    }
  }

  private WorkflowStub stub() {
    return temporal.newUntypedWorkflowStub(id().sessionWorkflowId());
  }
}
