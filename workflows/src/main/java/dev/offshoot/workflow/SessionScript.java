package dev.offshoot.workflow;

import dev.offshoot.activity.SessionActivities.ConnectionDone;
import dev.offshoot.activity.SessionActivities.RunDone;
import dev.offshoot.domain.ExperimentReport;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.Failure;
import dev.offshoot.domain.ReplayedStatement;
import dev.offshoot.domain.RunAnswer;
import dev.offshoot.domain.SchemaStatement;
import dev.offshoot.domain.SentRun;
import dev.offshoot.domain.SessionEnd;
import dev.offshoot.domain.SessionRun;
import dev.offshoot.domain.SessionRun.Fate;
import dev.offshoot.domain.SessionState;
import dev.offshoot.domain.SessionState.Savepoint;
import dev.offshoot.domain.SessionView;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.SpecValidation;
import dev.offshoot.domain.StatementResult;
import dev.offshoot.domain.Touched;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a session has run, in order, what of it is applied, and the savepoints between. Knows
 * nothing of Temporal. Not thread-safe.
 */
final class SessionScript {
  static final int MOST_SAVEPOINTS = 5;

  private static final int MOST_LINES = 50;
  private static final int MOST_OF_A_LINE = 200;
  private static final int MOST_OF_A_STATEMENT = 80;

  private final List<SessionRun> runs;
  private final List<Savepoint> savepoints;
  private Touched touched;
  private int savepointsTaken;
  private @Nullable String lastRequestId;
  private @Nullable RunAnswer lastAnswer;
  private @Nullable String verifier;
  private boolean connected;
  private Touched atStart;

  SessionScript(SessionState state) {
    this.runs = new ArrayList<>(state.runs());
    this.savepoints = new ArrayList<>(state.savepoints());
    this.touched = state.touched();
    this.savepointsTaken = state.savepointsTaken();
    this.lastRequestId = state.lastRequestId();
    this.lastAnswer = state.lastAnswer();
    this.verifier = state.verifier();
    this.connected = state.connected();
    this.atStart = state.atStart();
  }

  /** All of it, for another history to go on with. */
  SessionState state() {
    return new SessionState(
        List.copyOf(runs),
        touched,
        List.copyOf(savepoints),
        savepointsTaken,
        lastRequestId,
        lastAnswer,
        verifier,
        connected,
        atStart);
  }

  int nextRun() {
    return runs.size() + 1;
  }

  Touched touched() {
    return touched;
  }

  /** Statements that are applied. */
  List<String> applied() {
    return runs.stream()
        .filter(run -> run.fate() == Fate.APPLIED)
        .flatMap(run -> run.statements().stream())
        .toList();
  }

  /** How many more it takes; failed and undone ones count too, since they stay on record. */
  int statementsLeft() {
    return SpecValidation.MAX_STATEMENTS - sent().size();
  }

  /** All statements that were sent. */
  List<String> sent() {
    return runs.stream().flatMap(run -> run.statements().stream()).toList();
  }

  /** The answer to a request that has been answered before. */
  Optional<RunAnswer> answered(@Nullable String requestId) {
    return requestId != null && requestId.equals(lastRequestId)
        ? Optional.ofNullable(lastAnswer)
        : Optional.empty();
  }

  Optional<SessionRun> run(int number) {
    return runs.stream().filter(run -> run.run() == number).findFirst();
  }

  /** Whether something that is applied was written after that run, or by it. */
  boolean wroteSince(int number) {
    return runs.stream()
        .anyMatch(run -> run.run() >= number && run.fate() == Fate.APPLIED && run.wrote());
  }

  /** Takes in what became of the next run. */
  void ran(List<String> statements, @Nullable String requestId, RunDone done) {
    RunAnswer answer = done.answer();
    @Nullable Failure failure = answer.failure();
    runs.add(
        new SessionRun(
            answer.run(),
            statements,
            answer.applied() ? Fate.APPLIED : Fate.FAILED,
            answer.statements().stream().map(SessionScript::withoutRows).toList(),
            done.schemaStatements(),
            failure == null ? null : failure.sqlState(),
            answer.millis(),
            answer.applied()
                && (!done.touched().equals(touched) || !done.schemaStatements().isEmpty())));
    if (answer.applied()) {
      touched = done.touched();
    }
    if (requestId != null) {
      lastRequestId = requestId;
      lastAnswer = answer;
    }
  }

  private static StatementResult withoutRows(StatementResult result) {
    return new StatementResult(
        result.index(),
        ShownText.elided(result.sql(), MOST_OF_A_STATEMENT),
        result.millis(),
        result.rowsAffected(),
        List.of(),
        List.of(),
        result.moreRows() || !result.rows().isEmpty(),
        result.changedSchema());
  }

  /** The agent may connect. */
  void opened(String scramVerifier) {
    verifier = scramVerifier;
    connected = true;
  }

  /** Whether the agent may connect now. */
  boolean isOpen() {
    return verifier != null;
  }

  /** Whether anything may have been done without our knowing the statements. */
  boolean wasConnected() {
    return connected;
  }

  /** Where to look for what was applied when the branch's database was made. */
  Touched atStart() {
    return atStart;
  }

  /** Statements that are applied and have changed the schema, in order. */
  List<ReplayedStatement> schema() {
    List<String> statements = applied();
    return report(List.of()).schemaStatements().stream()
        .map(
            each ->
                new ReplayedStatement(
                    each.index(), statements.get(each.index()), each.searchPath(), false))
        .toList();
  }

  /**
   * What was done over connections is in; it counts as a run of its own: of unknown statements that
   * wrote rows, and of those that were derived for the schema.
   */
  void closed(ConnectionDone done, long millis) {
    verifier = null;
    List<ReplayedStatement> derived =
        done.schema().size() < statementsLeft() ? done.schema() : List.of();
    List<String> statements = new ArrayList<>(List.of(SessionWorkflow.OVER_A_CONNECTION));
    List<StatementResult> results = new ArrayList<>();
    List<SchemaStatement> schemaStatements = new ArrayList<>();
    results.add(result(0, SessionWorkflow.OVER_A_CONNECTION, millis, false));
    for (ReplayedStatement each : derived) {
      schemaStatements.add(new SchemaStatement(statements.size(), each.searchPath()));
      results.add(
          result(statements.size(), ShownText.elided(each.sql(), MOST_OF_A_STATEMENT), 0, true));
      statements.add(each.sql());
    }
    runs.add(
        new SessionRun(
            nextRun(),
            List.copyOf(statements),
            Fate.APPLIED,
            List.copyOf(results),
            List.copyOf(schemaStatements),
            null,
            millis,
            true));
    touched = done.touched();
  }

  private static StatementResult result(int index, String sql, long millis, boolean changedSchema) {
    return new StatementResult(
        index, sql, millis, null, List.of(), List.of(), false, changedSchema);
  }

  Optional<Savepoint> savepoint(String name) {
    return savepoints.stream().filter(each -> each.name().equals(name)).findFirst();
  }

  boolean hasRoomForSavepoint(String name) {
    return savepoint(name).isPresent() || savepoints.size() < MOST_SAVEPOINTS;
  }

  List<String> savepoints() {
    return savepoints.stream().map(Savepoint::name).toList();
  }

  /** The savepoint that is to be taken now, under a number that no other ever had. */
  Savepoint next(String name) {
    return new Savepoint(name, savepointsTaken + 1, runs.size(), touched);
  }

  /**
   * It was taken.
   *
   * @return numbers of those that it replaces
   */
  List<Integer> took(Savepoint taken) {
    savepointsTaken = taken.number();
    List<Integer> replaced = savepoint(taken.name()).stream().map(Savepoint::number).toList();
    savepoints.removeIf(each -> each.name().equals(taken.name()));
    savepoints.add(taken);
    return replaced;
  }

  /** Numbers of savepoints that were taken after that one. */
  List<Integer> after(Savepoint savepoint) {
    return savepoints.stream()
        .map(Savepoint::number)
        .filter(number -> number > savepoint.number())
        .toList();
  }

  /**
   * The branch is again as it was then.
   *
   * @return numbers of the runs that are undone by it
   */
  List<Integer> returnedTo(Savepoint savepoint) {
    List<Integer> undone = new ArrayList<>();
    for (int i = savepoint.afterRun(); i < runs.size(); i++) {
      if (runs.get(i).fate() == Fate.APPLIED) {
        undone.add(runs.get(i).run());
        runs.set(i, runs.get(i).undone());
      }
    }
    savepoints.removeIf(each -> each.number() > savepoint.number());
    touched = savepoint.touched();
    atStart = savepoint.touched();
    return undone;
  }

  /** The specification with what is applied now. */
  ExperimentSpec handedIn(ExperimentSpec spec) {
    return spec.handedIn(applied());
  }

  /** What the applied statements did, as if they had been one script. */
  ExperimentReport report(List<String> checks) {
    List<StatementResult> results = new ArrayList<>();
    List<SchemaStatement> schemaStatements = new ArrayList<>();
    long millis = 0;
    for (SessionRun run : runs) {
      if (run.fate() == Fate.APPLIED) {
        int first = results.size();
        run.results().forEach(result -> results.add(at(results.size(), result)));
        run.schemaStatements()
            .forEach(
                s -> schemaStatements.add(new SchemaStatement(first + s.index(), s.searchPath())));
        millis += run.millis();
      }
    }
    return new ExperimentReport(
        List.copyOf(results),
        checks,
        List.copyOf(schemaStatements),
        touched.tables(),
        millis,
        touched.writtenRows());
  }

  private static StatementResult at(int index, StatementResult result) {
    return new StatementResult(
        index,
        result.sql(),
        result.millis(),
        result.rowsAffected(),
        result.columns(),
        result.rows(),
        result.moreRows(),
        result.changedSchema());
  }

  SessionEnd end(
      SessionEnd.Kind kind, @Nullable String by, @Nullable String reason, List<String> checks) {
    return new SessionEnd(
        kind,
        by,
        reason,
        applied(),
        report(checks),
        runs.size(),
        runs.stream()
            .map(kind == SessionEnd.Kind.SUBMITTED ? SentRun::handedIn : SentRun::of)
            .toList(),
        null);
  }

  /** It did not end by itself. */
  SessionEnd broken(SessionEnd.Kind kind, @Nullable Failure failure) {
    return new SessionEnd(
        kind, null, null, List.of(), report(List.of()), runs.size(), sentRuns(), failure);
  }

  /** All runs, for the audit. */
  List<SentRun> sentRuns() {
    return runs.stream().map(SentRun::of).toList();
  }

  /** The latest runs, newest first. */
  List<SessionView.Line> lines() {
    List<SessionView.Line> lines = new ArrayList<>();
    for (int i = runs.size() - 1; i >= 0 && lines.size() < MOST_LINES; i--) {
      SessionRun run = runs.get(i);
      String sql = run.statements().stream().collect(Collectors.joining("; "));
      lines.add(
          new SessionView.Line(
              run.run(), ShownText.oneLine(sql, MOST_OF_A_LINE), run.fate(), run.millis()));
    }
    return List.copyOf(lines);
  }
}
