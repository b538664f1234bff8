package dev.offshoot.workflow;

import dev.offshoot.activity.DiffActivities;
import dev.offshoot.activity.SessionActivities;
import dev.offshoot.activity.SessionActivities.RunDone;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ConnectAnswer;
import dev.offshoot.domain.ConnectRequest;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.Failure;
import dev.offshoot.domain.RowsAnswer;
import dev.offshoot.domain.RowsRequest;
import dev.offshoot.domain.RunAnswer;
import dev.offshoot.domain.RunRequest;
import dev.offshoot.domain.SavepointAnswer;
import dev.offshoot.domain.SavepointRequest;
import dev.offshoot.domain.SessionState.Savepoint;
import dev.offshoot.workflow.SessionWorkflow.Start;
import io.temporal.failure.ActivityFailure;
import io.temporal.workflow.Workflow;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the messages of a session do with its branch, and write down in its {@link SessionScript}.
 * One is worked on at a time; whatever is done by message ends an open connection first, so that
 * nobody else changes the branch meanwhile.
 */
final class SessionWork {
  /** What an agent can correct in its session, and hand in again. */
  private static final Set<ErrorCode> CORRECTABLE =
      EnumSet.of(
          ErrorCode.CHECK_FAILED,
          ErrorCode.SQL_ERROR,
          ErrorCode.PERMISSION_DENIED,
          ErrorCode.NOT_CARRIED,
          ErrorCode.LIMIT_EXCEEDED);

  private final Start start;
  private final SessionScript script;
  private final ConnectionWatch connection;

  SessionWork(Start start, SessionScript script, ConnectionWatch connection) {
    this.start = start;
    this.script = script;
    this.connection = connection;
  }

  /** Runs statements; a request that was answered before gets the same answer. */
  RunAnswer run(RunRequest asked) {
    closeConnection();
    return script.answered(asked.requestId()).orElseGet(() -> runNow(asked));
  }

  private RunAnswer runNow(RunRequest asked) {
    // Validated before those in front of it were worked on.
    List<String> statements = SessionMessages.statements(asked, script);
    int rows = asked.rows() == null ? start.spec().limits().resultRows() : asked.rows();
    RunDone done =
        step("run " + script.nextRun())
            .runStatements(
                new SessionActivities.RunStatements(
                    start.branch(),
                    start.spec(),
                    script.nextRun(),
                    statements,
                    script.applied().size(),
                    rows,
                    start.branchBytes(),
                    script.touched(),
                    script.statementsLeft() - statements.size()));
    script.ran(statements, asked.requestId(), done);
    return done.answer();
  }

  /** More rows of a query that was run. */
  RowsAnswer rows(@Nullable RowsRequest request) {
    closeConnection();
    // Validated before those in front of it were worked on.
    SessionMessages.Query query = SessionMessages.query(request, script);
    int rows = query.rows() == null ? start.spec().limits().resultRows() : query.rows();
    return step("rows of run " + query.run())
        .readRows(
            new SessionActivities.ReadRows(
                start.branch(),
                start.spec(),
                query.run(),
                query.statement(),
                query.sql(),
                query.from(),
                rows));
  }

  SavepointAnswer savepoint(@Nullable SavepointRequest request) {
    closeConnection();
    String name = SessionMessages.savepointName(request);
    SessionMessages.requireRoom(name, script);
    long begun = Workflow.currentTimeMillis();
    Savepoint next = script.next(name);
    step("savepoint").takeSavepoint(numbered(next.number()));
    forget(script.took(next));
    return answer(next, List.of(), begun);
  }

  SavepointAnswer undo(@Nullable SavepointRequest request) {
    closeConnection();
    Savepoint to = SessionMessages.require(SessionMessages.savepointName(request), script);
    long begun = Workflow.currentTimeMillis();
    step("undo").returnToSavepoint(numbered(to.number()));
    List<Integer> later = script.after(to);
    List<Integer> undone = script.returnedTo(to);
    forget(later);
    return answer(to, undone, begun);
  }

  private SessionActivities.Savepoint numbered(int number) {
    return new SessionActivities.Savepoint(start.branch(), number);
  }

  private void forget(List<Integer> numbers) {
    if (!numbers.isEmpty()) {
      step("forget savepoints")
          .forgetSavepoints(new SessionActivities.Forget(start.branch(), numbers));
    }
  }

  private SavepointAnswer answer(Savepoint savepoint, List<Integer> undone, long begun) {
    return new SavepointAnswer(
        savepoint.name(),
        savepoint.afterRun(),
        undone,
        script.savepoints(),
        Workflow.currentTimeMillis() - begun);
  }

  /** What has changed so far. */
  ChangeSummary diff() {
    closeConnection();
    return preview();
  }

  private ChangeSummary preview() {
    return Steps.computeDiff()
        .computeDiff(
            DiffActivities.ComputeDiff.preview(
                start.branch(), script.handedIn(start.spec()), script.report(List.of())));
  }

  /**
   * Whether the branch can be handed in.
   *
   * @param held what the checks gave
   * @param failure why it cannot, where the agent can correct that
   */
  record Checked(List<String> held, @Nullable Failure failure) {}

  Checked check() {
    closeConnection();
    try {
      List<String> held = checks();
      if (script.wasConnected() && !script.applied().isEmpty()) {
        // Whether a merge could carry it is known of what was sent, not of what was done.
        var unused = preview();
      }
      return new Checked(held, null);
    } catch (ActivityFailure e) {
      Failure failure = Failures.fromTemporal(e);
      if (!CORRECTABLE.contains(failure.code())) {
        throw e;
      }
      return new Checked(List.of(), withAdvice(failure));
    }
  }

  private List<String> checks() {
    return start.spec().checks().isEmpty()
        ? List.of()
        : step("checks").runChecks(new SessionActivities.RunChecks(start.branch(), start.spec()));
  }

  /** The same failure, with what to do where it comes of a connection. */
  Failure withAdvice(Failure failure) {
    return failure.code() != ErrorCode.NOT_CARRIED || !script.wasConnected()
        ? failure
        : Failure.of(
            failure.code(),
            failure.message()
                + "; no statements are known that do what was done over the connection: undo, send the statements by run, and keep the connection for the rest");
  }

  /** Lets the agent connect, and watches what it does. */
  ConnectAnswer connect(@Nullable ConnectRequest request) {
    String verifier = SessionMessages.verifier(request);
    ConnectAnswer answer =
        step("connect")
            .openConnection(new SessionActivities.OpenConnection(start.branch(), verifier));
    script.opened(verifier);
    connection.watch();
    return answer;
  }

  /** Ends what is open and takes in what it did. */
  void closeConnection() {
    if (!script.isOpen()) {
      return;
    }
    // Who watches ends those that keep everybody else from the server, so it goes on until then.
    long begun = Workflow.currentTimeMillis();
    SessionActivities.ConnectionDone done =
        step("disconnect")
            .closeConnection(
                new SessionActivities.CloseConnection(
                    start.branch(), start.spec(), script.atStart(), script.schema()));
    connection.stop();
    script.closed(done, Workflow.currentTimeMillis() - begun);
  }

  private SessionActivities step(String summary) {
    return Steps.inSession(start.spec().limits().maxRuntime(), summary);
  }
}
