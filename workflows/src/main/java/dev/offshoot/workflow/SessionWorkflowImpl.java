package dev.offshoot.workflow;

import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ConnectAnswer;
import dev.offshoot.domain.ConnectRequest;
import dev.offshoot.domain.ConnectionEnd;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.Failure;
import dev.offshoot.domain.HandInAnswer;
import dev.offshoot.domain.HandInRequest;
import dev.offshoot.domain.RowsAnswer;
import dev.offshoot.domain.RowsRequest;
import dev.offshoot.domain.RunAnswer;
import dev.offshoot.domain.RunRequest;
import dev.offshoot.domain.SavepointAnswer;
import dev.offshoot.domain.SavepointRequest;
import dev.offshoot.domain.SessionEnd;
import dev.offshoot.domain.SessionView;
import dev.offshoot.domain.ShownText;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Functions;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import io.temporal.workflow.WorkflowLock;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A session of an agent with its branch: which messages it takes, one after the other, and how it
 * ends. What each does with the branch is {@link SessionWork}'s; where the history has become long,
 * the next one goes on from {@link SessionScript#state}.
 */
public final class SessionWorkflowImpl implements SessionWorkflow {
  /** Of the 50 MB that a history may have. */
  private static final long LONGEST_HISTORY_BYTES = 20_000_000;

  /** After these nobody knows how the branch stands. */
  private static final Set<ErrorCode> BREAKING =
      EnumSet.of(ErrorCode.BRANCH_GONE, ErrorCode.INTERNAL);

  private final Start start;
  private final SessionScript script;
  private final IdleWatch idle;
  private final WorkflowLock turn = Workflow.newWorkflowLock();
  private final ConnectionWatch connection;
  private final SessionWork work;
  private int messages;

  /** No message is taken any more: another history begins. */
  private boolean turningPage;

  /** The experiment ends. */
  private boolean stopping;

  private @Nullable CancellationScope running;
  private @Nullable SessionEnd ended;
  private @Nullable Failure broken;

  /** Runs before any message is handled, so that every message finds a complete object. */
  @WorkflowInit
  public SessionWorkflowImpl(Start start) {
    this.start = start;
    this.script = new SessionScript(start.state());
    this.connection = new ConnectionWatch(start, this::connectionMustEnd);
    this.work = new SessionWork(start, script, connection);
    this.idle =
        new IdleWatch(
            Objects.requireNonNull(start.spec().session(), "a session").idle(),
            connection::isWatching,
            () -> end(SessionEnd.Kind.IDLE, null, null, List.of()));
  }

  @Override
  public SessionEnd run(Start input) {
    idle.start();
    show();
    if (script.isOpen()) {
      connection.watch();
    }
    try {
      Workflow.await(() -> isOver() || isLong() || stopping);
      turningPage = !isOver();
      Workflow.await(() -> Workflow.isEveryHandlerFinished() || stopping);
    } catch (CanceledFailure e) {
      stopWork();
      throw e;
    }
    if (stopping && !isOver()) {
      stopWork();
      return script.broken(SessionEnd.Kind.CANCELLED, null);
    }
    // Told to stop just after it was handed in: that answer still goes out.
    Workflow.await(Workflow::isEveryHandlerFinished);
    connection.stop();
    idle.stop();
    if (broken != null) {
      return script.broken(SessionEnd.Kind.BROKEN, broken);
    }
    if (ended == null) {
      Workflow.newContinueAsNewStub(SessionWorkflow.class).run(goingOn());
    }
    return Objects.requireNonNull(ended, "an end");
  }

  private boolean isOver() {
    return ended != null || broken != null;
  }

  private boolean isLong() {
    return messages >= start.messagesPerHistory()
        || Workflow.getInfo().isContinueAsNewSuggested()
        || Workflow.getInfo().getHistorySize() > LONGEST_HISTORY_BYTES;
  }

  private Start goingOn() {
    return new Start(
        start.branch(),
        start.spec(),
        start.branchBytes(),
        start.messagesPerHistory(),
        script.state());
  }

  @Override
  public void stop() {
    stopping = true;
  }

  /** The experiment was cancelled: what runs is stopped first, so that nothing is left behind. */
  private void stopWork() {
    idle.stop();
    connection.stop();
    turningPage = true;
    if (running != null) {
      running.cancel("the experiment ends");
    }
    Workflow.newDetachedCancellationScope(() -> Workflow.await(Workflow::isEveryHandlerFinished))
        .run();
  }

  // Messages. Each waits for those before it.

  @Override
  public RunAnswer runStatements(@Nullable RunRequest request) {
    return inTurn(() -> work.run(Objects.requireNonNull(request, "validated")));
  }

  @Override
  public void validateRun(@Nullable RunRequest request) {
    requireTakes(request == null ? null : request.by());
    var unused = SessionMessages.statements(request, script);
  }

  @Override
  public RowsAnswer rows(@Nullable RowsRequest request) {
    return inTurn(() -> work.rows(request));
  }

  @Override
  public void validateRows(@Nullable RowsRequest request) {
    requireTakes(request == null ? null : request.by());
    var unused = SessionMessages.query(request, script);
  }

  @Override
  public SavepointAnswer savepoint(@Nullable SavepointRequest request) {
    return inTurn(() -> work.savepoint(request));
  }

  @Override
  public void validateSavepoint(@Nullable SavepointRequest request) {
    requireTakes(request == null ? null : request.by());
    SessionMessages.requireRoom(SessionMessages.savepointName(request), script);
  }

  @Override
  public SavepointAnswer undo(@Nullable SavepointRequest request) {
    return inTurn(() -> work.undo(request));
  }

  @Override
  public void validateUndo(@Nullable SavepointRequest request) {
    requireTakes(request == null ? null : request.by());
    var unused = SessionMessages.require(SessionMessages.savepointName(request), script);
  }

  @Override
  public ChangeSummary diff(@Nullable HandInRequest request) {
    return inTurn(work::diff);
  }

  @Override
  public void validateDiff(@Nullable HandInRequest request) {
    requireTakes(request == null ? null : request.by());
    if (script.applied().isEmpty() && !script.isOpen()) {
      throw SessionMessages.refused("nothing is applied yet, so that there is nothing to compare");
    }
  }

  @Override
  public HandInAnswer submit(@Nullable HandInRequest request) {
    return inTurn(
        () -> {
          SessionWork.Checked checked = work.check();
          if (checked.failure() != null) {
            return new HandInAnswer(false, script.applied().size(), checked.failure());
          }
          end(SessionEnd.Kind.SUBMITTED, by(request), reason(request), checked.held());
          return new HandInAnswer(true, script.applied().size(), null);
        });
  }

  @Override
  public void validateSubmit(@Nullable HandInRequest request) {
    requireTakes(request == null ? null : request.by());
    SessionMessages.requireReason(request);
  }

  @Override
  public HandInAnswer discard(@Nullable HandInRequest request) {
    return inTurn(
        () -> {
          end(SessionEnd.Kind.DISCARDED, by(request), reason(request), List.of());
          return new HandInAnswer(true, 0, null);
        });
  }

  @Override
  public void validateDiscard(@Nullable HandInRequest request) {
    validateSubmit(request);
  }

  @Override
  public ConnectAnswer connect(@Nullable ConnectRequest request) {
    return inTurn(() -> work.connect(request));
  }

  @Override
  public void validateConnect(@Nullable ConnectRequest request) {
    requireTakes(null);
    SessionMessages.requireOwner(request, start.spec().requestedBy());
    SessionMessages.requireRoomForConnection(script);
    var unused = SessionMessages.verifier(request);
  }

  @Override
  public SessionView disconnect(@Nullable HandInRequest request) {
    return inTurn(
        () -> {
          work.closeConnection();
          return session();
        });
  }

  @Override
  public void validateDisconnect(@Nullable HandInRequest request) {
    requireTakes(request == null ? null : request.by());
    if (!script.isOpen()) {
      throw SessionMessages.refused("no connection is open");
    }
  }

  /** It uses up too much, or nobody uses it. */
  private void connectionMustEnd(ConnectionEnd why) {
    if (why == ConnectionEnd.IDLE && idle.isQuiet()) {
      end(SessionEnd.Kind.IDLE, null, null, List.of());
    }
  }

  @Override
  public SessionView session() {
    return new SessionView(
        start.branch().experimentId(),
        script.lines(),
        script.applied().size(),
        script.statementsLeft(),
        script.savepoints(),
        idle.until(),
        ended == null ? null : ended.kind());
  }

  private void requireTakes(@Nullable String by) {
    SessionMessages.requireOpen(ended == null ? null : ended.kind());
    if (turningPage) {
      throw SessionMessages.turningPage();
    }
    SessionMessages.requireOwner(by, start.spec().requestedBy());
  }

  /** Works on one message after those before it; the work can be stopped from outside. */
  private <T> T inTurn(Functions.Func<T> message) {
    messages++;
    idle.begun();
    turn.lock();
    try {
      SessionMessages.requireOpen(ended == null ? null : ended.kind());
      return stoppable(message);
    } catch (ActivityFailure e) {
      Failure failure = Failures.fromTemporal(e);
      if (Failures.isCancellation(e) || BREAKING.contains(failure.code())) {
        broken = failure;
        throw e;
      }
      // The branch stands as it did, and the session goes on.
      throw SessionMessages.refused(work.withAdvice(failure).message());
    } finally {
      turn.unlock();
      idle.done();
      show();
    }
  }

  private <T> T stoppable(Functions.Func<T> message) {
    Object[] answer = new Object[1];
    CancellationScope scope = Workflow.newCancellationScope(() -> answer[0] = message.apply());
    running = scope;
    try {
      scope.run();
    } finally {
      running = null;
    }
    @SuppressWarnings("unchecked") // what the message gave
    T given = (T) answer[0];
    return given;
  }

  private void end(
      SessionEnd.Kind kind, @Nullable String by, @Nullable String reason, List<String> checks) {
    if (ended == null) {
      ended = script.end(kind, by, reason, checks);
    }
  }

  private void show() {
    Workflow.setCurrentDetails(SessionDetails.of(start.spec(), session()));
  }

  private @Nullable String by(@Nullable HandInRequest request) {
    @Nullable String by = request == null ? null : request.by();
    return by == null ? start.spec().requestedBy() : ShownText.oneLine(by, 200);
  }

  private static @Nullable String reason(@Nullable HandInRequest request) {
    @Nullable String reason = request == null ? null : request.reason();
    return reason == null ? null : ShownText.oneLine(reason, 1_000);
  }
}
