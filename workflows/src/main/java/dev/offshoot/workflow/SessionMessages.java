package dev.offshoot.workflow;

import dev.offshoot.domain.ConnectRequest;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.HandInRequest;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.RowsRequest;
import dev.offshoot.domain.RunRequest;
import dev.offshoot.domain.RunValidation;
import dev.offshoot.domain.SavepointRequest;
import dev.offshoot.domain.SessionEnd;
import dev.offshoot.domain.SessionRun;
import dev.offshoot.domain.SessionState;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.SqlScript;
import dev.offshoot.policy.DecisionPolicy;
import io.temporal.failure.ApplicationFailure;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What of a session's updates is refused before it reaches the history. */
final class SessionMessages {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,39}");
  private static final int MOST_REASON = 1_000;

  /** It is safe between single quotes. */
  private static final Pattern VERIFIER =
      Pattern.compile(
          "SCRAM-SHA-256\\$[1-9][0-9]{3,6}:[A-Za-z0-9+/]{22,60}={0,2}\\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=");

  private SessionMessages() {}

  /** The statements of a run that can be taken. */
  static List<String> statements(@Nullable RunRequest request, SessionScript script) {
    try {
      return RunValidation.statementsOf(request, script.sent());
    } catch (OffshootException e) {
      throw refused(e.failure().message());
    }
  }

  /**
   * A query whose rows can be read again.
   *
   * @param run number of the run that had it
   * @param statement its place in that run, from 1
   * @param sql its text
   * @param from how many rows to leave out
   * @param rows how many are wanted; absent if the request does not say
   */
  record Query(int run, int statement, String sql, long from, @Nullable Integer rows) {}

  /** First words of statements that give rows and need not write. */
  private static final Set<String> READING = Set.of("SELECT", "TABLE", "VALUES", "WITH");

  /** The query of which a request wants rows. */
  static Query query(@Nullable RowsRequest request, SessionScript script) {
    if (request == null || request.run() == null) {
      throw refused("run: is missing; say which run had the query: {\"run\": 3, \"from\": 10}");
    }
    if (request.rows() != null
        && (request.rows() < 1 || request.rows() > RunValidation.MOST_ROWS)) {
      throw refused("rows: must be 1 to %d".formatted(RunValidation.MOST_ROWS));
    }
    long from = Objects.requireNonNullElse(request.from(), 0L);
    if (from < 0) {
      throw refused("from: must be how many rows to leave out, 0 or more");
    }
    int number = request.run();
    SessionRun run =
        script
            .run(number)
            .filter(each -> each.fate() == SessionRun.Fate.APPLIED)
            .orElseThrow(() -> refused("run: no run %d is applied".formatted(number)));
    int statement = Objects.requireNonNullElse(request.statement(), 1);
    if (statement < 1 || statement > run.statements().size()) {
      throw refused(
          "statement: run %d has %d statements, counted from 1"
              .formatted(number, run.statements().size()));
    }
    String sql = run.statements().get(statement - 1);
    if (!READING.contains(SqlScript.leadingWord(sql))) {
      throw refused(
          "statement: %s gives no rows that can be read again"
              .formatted(ShownText.oneLine(sql, 60)));
    }
    if (script.wroteSince(number)) {
      throw refused(
          "run: something was written in run %d or since, so that its query may give other rows now; run it again"
              .formatted(number));
    }
    return new Query(number, statement, sql, from, request.rows());
  }

  static String savepointName(@Nullable SavepointRequest request) {
    @Nullable String name = request == null ? null : request.name();
    if (name == null || !NAME.matcher(name).matches()) {
      throw refused(
          "name: must be 1 to 40 letters, digits, '.', '_' and '-'; send {\"name\": \"before-cleanup\"}");
    }
    return name;
  }

  /**
   * @throws ApplicationFailure if there is no room for a savepoint of that name
   */
  static void requireRoom(String name, SessionScript script) {
    if (!script.hasRoomForSavepoint(name)) {
      throw refused(
          "name: %d savepoints stand, which is as many as there may be; use one of their names again: %s"
              .formatted(SessionScript.MOST_SAVEPOINTS, String.join(", ", script.savepoints())));
    }
  }

  /**
   * @throws ApplicationFailure if there is no savepoint of that name
   */
  static SessionState.Savepoint require(String name, SessionScript script) {
    return script
        .savepoint(name)
        .orElseThrow(
            () ->
                refused(
                    script.savepoints().isEmpty()
                        ? "name: there is no savepoint '%s', and none at all".formatted(name)
                        : "name: there is no savepoint '%s'; there are %s"
                            .formatted(name, String.join(", ", script.savepoints()))));
  }

  /** The verifier of a connection that can be opened. */
  static String verifier(@Nullable ConnectRequest request) {
    @Nullable String verifier = request == null ? null : request.verifier();
    if (verifier == null || !VERIFIER.matcher(verifier).matches()) {
      throw refused(
          "verifier: must be the SCRAM-SHA-256 verifier of a password that you keep, SCRAM-SHA-256$4096:salt$key:key; never send a password");
    }
    return verifier;
  }

  /** What is done over connections counts as a statement. */
  static void requireRoomForConnection(SessionScript script) {
    if (script.statementsLeft() < 1) {
      throw refused("the session takes no more statements; submit what there is");
    }
  }

  /** Somebody else's branch takes no connection, as far as names can tell. */
  static void requireOwner(@Nullable ConnectRequest request, @Nullable String requestedBy) {
    @Nullable String by = request == null ? null : request.by();
    if (by == null || by.isBlank()) {
      throw refused("by: is missing; say who asked for the experiment");
    }
    requireOwner(by, requestedBy);
  }

  static void requireReason(@Nullable HandInRequest request) {
    @Nullable String reason = request == null ? null : request.reason();
    if (reason != null && reason.length() > MOST_REASON) {
      throw refused(
          "reason: has %d characters; shorten it to at most %d"
              .formatted(reason.length(), MOST_REASON));
    }
  }

  /** Nobody but whoever asked for it sends to a session, as far as names can tell. */
  static void requireOwner(@Nullable String by, @Nullable String requestedBy) {
    if (by != null && !DecisionPolicy.sameActor(by, Objects.requireNonNullElse(requestedBy, ""))) {
      throw refused(
          "by: the session belongs to %s, not to %s; open one of your own"
              .formatted(
                  ShownText.oneLine(String.valueOf(requestedBy), 60), ShownText.oneLine(by, 60)));
    }
  }

  static void requireOpen(SessionEnd.@Nullable Kind ended) {
    if (ended != null) {
      throw refused(
          switch (ended) {
            case SUBMITTED ->
                "the session has been submitted; what it holds is being reviewed, and nothing can be added";
            case DISCARDED -> "the session has been discarded; open another one";
            case IDLE ->
                "the session has ended, because nothing was sent for too long; open another one";
            case CANCELLED, BROKEN -> "the session has ended with its experiment; open another one";
          });
    }
  }

  /** A history is being closed and another begun, for a moment. */
  static ApplicationFailure turningPage() {
    return ApplicationFailure.newFailure(
        SessionWorkflow.TURNING_PAGE, ErrorCode.CONNECTION_LOST.name());
  }

  static ApplicationFailure refused(String why) {
    return ApplicationFailure.newNonRetryableFailure(why, ErrorCode.SESSION_REFUSED.name());
  }
}
