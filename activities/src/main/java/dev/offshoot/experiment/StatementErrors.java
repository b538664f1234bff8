package dev.offshoot.experiment;

import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.Failure;
import dev.offshoot.domain.HumanDuration;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.ShownText;
import dev.offshoot.sql.SqlErrors;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Says what it means that a piece of the experiment's own SQL failed. Its messages carry the
 * server's words, which concern that SQL; never the server's details, which hold rows.
 */
final class StatementErrors {
  private static final int MOST_CHARACTERS = 1_000;
  private static final int MOST_OF_CONTEXT = 200;

  private StatementErrors() {}

  /** Failed with the session still standing. */
  static OffshootException failed(Subject subject, SQLException error) {
    String state = SqlErrors.state(error);
    if (isCopyThroughClient(subject, error)) {
      return failure(
          ErrorCode.STATEMENT_REFUSED,
          subject,
          error,
          "%s moves rows through the client, which an experiment has not; write them as INSERT … VALUES, or read them with SELECT"
              .formatted(subject.at(0)));
    }
    return switch (state) {
      case "2D000" ->
          failure(
              ErrorCode.STATEMENT_REFUSED,
              subject,
              error,
              told(subject, error)
                  + "; the worker opens and ends the transaction: leave COMMIT and ROLLBACK out (transaction: PER_STATEMENT commits after each statement)");
      case "25001" ->
          failure(
              ErrorCode.STATEMENT_REFUSED,
              subject,
              error,
              told(subject, error)
                  + "; every statement runs in a transaction: leave it out, or CONCURRENTLY");
      case "42501" -> failure(ErrorCode.PERMISSION_DENIED, subject, error, told(subject, error));
      case "53100", "53200", "53400" ->
          failure(
              ErrorCode.LIMIT_EXCEEDED,
              subject,
              error,
              told(subject, error) + "; make it use less, or work in smaller parts");
      case "55006" ->
          failure(
              ErrorCode.SQL_ERROR,
              subject,
              error,
              told(subject, error)
                  + "; if deferred triggers wait for it, say SET CONSTRAINTS ALL IMMEDIATE before, or run the script with transaction: PER_STATEMENT");
      case "55P04" ->
          failure(
              ErrorCode.SQL_ERROR,
              subject,
              error,
              told(subject, error) + "; run the script with transaction: PER_STATEMENT");
      default -> failure(ErrorCode.SQL_ERROR, subject, error, told(subject, error));
    };
  }

  /** A run that has made its transaction one that cannot write, so that it cannot be marked. */
  static OffshootException madeReadOnly(Subject subject, SQLException error) {
    return failure(
        ErrorCode.STATEMENT_REFUSED,
        subject,
        error,
        "the run has made its transaction READ ONLY, in which it cannot be marked as applied; leave that out: a query changes nothing by itself");
  }

  /** Took longer than it may. */
  static OffshootException timeIsOver(Subject subject, String limit, Duration time) {
    return new OffshootException(
        new Failure(
            ErrorCode.LIMIT_EXCEEDED,
            "%s took longer than %s (%s); make it faster, work in smaller parts, or ask for more"
                .formatted(subject.at(0), limit, HumanDuration.format(time)),
            subject.index(),
            null,
            null),
        null);
  }

  /**
   * The branch grew beyond its limit.
   *
   * @param limit bytes that it may grow by
   */
  static OffshootException outgrown(Subject subject, long limit) {
    return new OffshootException(
        new Failure(
            ErrorCode.LIMIT_EXCEEDED,
            "%s: the branch has grown by more than the parent's maxBranchGrowth (%d MB); write less, or ask the parent's owner for more room"
                .formatted(subject.at(0), limit >> 20),
            subject.index(),
            null,
            null),
        null);
  }

  /** Held so many locks that the server would soon have had none for anybody. */
  static OffshootException tookTooManyLocks(Subject subject) {
    return new OffshootException(
        new Failure(
            ErrorCode.LIMIT_EXCEEDED,
            "%s: its session was ended, because it held half of all locks that the server has room for; work on fewer objects at once, and leave advisory locks out"
                .formatted(subject.at(0)),
            subject.index(),
            null,
            null),
        null);
  }

  /**
   * Lost the session.
   *
   * @param committed whether a part of the experiment was committed before
   */
  static OffshootException sessionLost(Subject subject, SQLException error, boolean committed) {
    if (isOwnDoing(subject, error)) {
      return failure(
          ErrorCode.STATEMENT_REFUSED,
          subject,
          error,
          "%s ended its own session; leave out what ends sessions, and changes of client_encoding and DateStyle"
              .formatted(subject.at(0)));
    }
    if (committed) {
      return failure(
          ErrorCode.BRANCH_GONE,
          subject,
          error,
          "%s lost its session after a part of the experiment had been committed, so that it cannot run again on this branch; start it again under another id"
              .formatted(subject.at(0)));
    }
    return failure(
        ErrorCode.CONNECTION_LOST,
        subject,
        error,
        "%s lost its session, and nothing was committed; tried again".formatted(subject.at(0)));
  }

  /** {@code statement 2 (line 5) failed at character 14: … [42703]; hint}. */
  private static String told(Subject subject, SQLException error) {
    @Nullable ServerErrorMessage server = serverMessage(error);
    int position = position(error);
    StringBuilder text = new StringBuilder(subject.at(position)).append(" failed");
    if (position > 0) {
      text.append(" at character ").append(position);
    }
    @Nullable String message = server == null ? error.getMessage() : server.getMessage();
    text.append(": ").append(ShownText.oneLine(String.valueOf(message), MOST_CHARACTERS));
    text.append(" [").append(SqlErrors.state(error)).append(']');
    if (server != null && server.getWhere() != null && position == 0) {
      text.append(", in ").append(ShownText.oneLine(server.getWhere(), MOST_OF_CONTEXT));
    }
    if (server != null && server.getHint() != null) {
      text.append("; ").append(ShownText.oneLine(server.getHint(), MOST_CHARACTERS));
    }
    return text.toString();
  }

  private static OffshootException failure(
      ErrorCode code, Subject subject, SQLException error, String message) {
    int position = position(error);
    String state = SqlErrors.state(error);
    // Without the cause: its text has the details that the message leaves out.
    return new OffshootException(
        new Failure(
            code,
            message,
            subject.index(),
            position > 0 ? position : null,
            state.isEmpty() ? null : state),
        null);
  }

  private static int position(SQLException error) {
    @Nullable ServerErrorMessage server = serverMessage(error);
    return server == null ? 0 : server.getPosition();
  }

  private static @Nullable ServerErrorMessage serverMessage(SQLException error) {
    return error instanceof PSQLException psql ? psql.getServerErrorMessage() : null;
  }

  /** The driver, or for COPY FROM the server in the driver's words, says that it will not. */
  private static boolean isCopyThroughClient(Subject subject, SQLException error) {
    return subject.beginsWith("COPY") && String.valueOf(error.getMessage()).contains("CopyManager");
  }

  /**
   * The driver gives up on encodings and date styles that it cannot read; and a session that asks
   * to be terminated is, however often it is tried.
   */
  private static boolean isOwnDoing(Subject subject, SQLException error) {
    String message = String.valueOf(error.getMessage());
    boolean unreadable =
        serverMessage(error) == null
            && (message.contains("client_encoding") || message.contains("DateStyle"));
    String state = SqlErrors.state(error);
    boolean timeoutOfItsOwn =
        state.equals("25P03") || state.equals("25P04") || state.equals("57P05");
    boolean terminated = state.equals("57P01") && subject.sql().contains("pg_terminate_backend");
    return unreadable || timeoutOfItsOwn || terminated;
  }
}
