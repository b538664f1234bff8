package dev.offshoot.sql;

import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.Failure;
import dev.offshoot.domain.OffshootException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;

/**
 * The one place that tells what a server's error means to us, by SQLSTATE.
 *
 * <p>Messages name the place, what we were doing and the SQLSTATE; never the server's own text,
 * which may hold data, nor an address or credential.
 */
public final class SqlErrors {
  private static final String OUT_OF_LOCKS = "53200";

  private SqlErrors() {}

  /** What it means that no session could be had at {@code place}. */
  public static OffshootException connecting(Place place, SQLException error) {
    String state = state(error);
    if (isAccessDenied(state)) {
      return refusedLogin(place, error);
    }
    if (state.equals("3D000")) {
      return switch (place.kind()) {
        case PARENT ->
            failure(
                ErrorCode.PARENT_UNSUITABLE,
                "%s: there is no such database on its server; correct parents.%s.url"
                    .formatted(place, place.name()),
                error);
        case SOURCE ->
            failure(
                ErrorCode.PARENT_UNSUITABLE,
                "%1$s: there is none yet on its server; run offshoot parent refresh %2$s, or correct parents.%2$s.source.url"
                    .formatted(place, place.name()),
                error);
        case BRANCH -> failure(ErrorCode.BRANCH_GONE, place + " is not there any more", error);
        case LEDGER ->
            failure(
                ErrorCode.LEDGER_UNREACHABLE,
                "ledger: there is no such database on its server; create it or correct ledger.url",
                error);
      };
    }
    if (state.equals("55000") && isOfParent(place)) {
      return failure(
          ErrorCode.PARENT_TAKEN,
          place
              + ": it takes no connections now, as while it is fenced for a copy; tried again (offshoot doctor says more if it stays)",
          error);
    }
    if (state.equals(OUT_OF_LOCKS)) {
      return failure(
          unreachable(place),
          "%s: its server has no memory or locks left for us; tried again".formatted(place),
          error);
    }
    if (state.equals("53300")) {
      return failure(
          unreachable(place),
          "%s: its server has no free connection; tried again (raise max_connections or the role's CONNECTION LIMIT if it stays)"
              .formatted(place),
          error);
    }
    if (isConnectionLoss(error)) {
      return failure(
          unreachable(place),
          "%s: its server does not answer; see that it runs and that the worker may reach it"
              .formatted(place),
          error);
    }
    return failure(
        isOfParent(place) ? ErrorCode.PARENT_UNSUITABLE : ErrorCode.INTERNAL,
        "%s: its server does not let us in".formatted(place),
        error);
  }

  /**
   * What it means that something failed that we do about databases, roles and their rights at
   * {@code place}. It takes few locks: where the server has none left, somebody else has filled the
   * table, and will be ended.
   *
   * @param doing what we did, to go after "while"
   */
  public static OffshootException administering(Place place, String doing, SQLException error) {
    return switch (state(error)) {
      case "57014" ->
          failure(ErrorCode.CANCELLED, "%s: cancelled while %s".formatted(place, doing), error);
      case OUT_OF_LOCKS -> connecting(place, error);
      default -> working(place, doing, error);
    };
  }

  /**
   * What it means that something failed in a session at {@code place}.
   *
   * @param doing what we did, to go after "while": {@code "copying the parent"}
   */
  public static OffshootException working(Place place, String doing, SQLException error) {
    String state = state(error);
    String what = "%s: while %s".formatted(place, doing);
    if (isConnectionLoss(error)) {
      return failure(
          place.kind() == Place.Kind.LEDGER
              ? ErrorCode.LEDGER_UNREACHABLE
              : ErrorCode.CONNECTION_LOST,
          what + " the connection was lost; tried again",
          error);
    }
    return switch (state) {
      case "55P03" ->
          failure(ErrorCode.LOCK_TIMEOUT, what + " a lock was not had in time; tried again", error);
      case "40001", "40P01" ->
          failure(ErrorCode.LOCK_TIMEOUT, what + " another transaction won; tried again", error);
      case "57014", "25P04" ->
          failure(
              ErrorCode.LIMIT_EXCEEDED,
              what + " it was cancelled or took longer than allowed",
              error);
      case "53100", OUT_OF_LOCKS ->
          failure(
              ErrorCode.LIMIT_EXCEEDED,
              what
                  + " the server ran out of %s; free some"
                      .formatted(state.equals("53100") ? "disk space" : "memory or locks"),
              error);
      case "53300" -> failure(unreachable(place), what + " it had no free connection", error);
      case "42501" ->
          failure(
              switch (place.kind()) {
                case PARENT, SOURCE -> ErrorCode.PARENT_UNSUITABLE;
                case BRANCH -> ErrorCode.PERMISSION_DENIED;
                case LEDGER -> ErrorCode.INTERNAL;
              },
              what + " a right was missing; `offshoot doctor` says which",
              error);
      case "54000", "54001", "54011", "54023" ->
          failure(
              ErrorCode.LIMIT_EXCEEDED,
              what
                  + " one of the server's limits of its own was met, as of columns or depth; use fewer",
              error);
      case "42725" ->
          failure(
              ErrorCode.NOT_CARRIED,
              what
                  + " the server could not choose between operators, as casts or operators of somebody's own make it; leave out implicit casts of types whose values are merged",
              error);
      case "25006" ->
          failure(
              ErrorCode.NOT_CARRIED,
              what + " code of somebody's own had made the transaction read-only; leave it out",
              error);
      default -> failure(ErrorCode.INTERNAL, what + " the server reported an error", error);
    };
  }

  /**
   * Whether another try, more time or more room may mend it: no property of the statement that it
   * struck.
   */
  public static boolean mayPass(SQLException error) {
    String state = state(error);
    return isConnectionLoss(error)
        || state.equals("55P03")
        || state.startsWith("53")
        || state.startsWith("57");
  }

  /** Whether the session is gone or never was. */
  public static boolean isConnectionLoss(SQLException error) {
    String state = state(error);
    return state.startsWith("08")
        || state.startsWith("57P0")
        || state.equals("25P03")
        || (state.isEmpty() && error instanceof SQLTransientConnectionException);
  }

  /** The SQLSTATE, also of an error that a pool has wrapped; empty if there is none. */
  public static String state(SQLException error) {
    for (@Nullable Throwable t = error; t != null; t = t.getCause()) {
      if (t instanceof SQLException e && e.getSQLState() != null) {
        return e.getSQLState();
      }
    }
    return "";
  }

  private static boolean isAccessDenied(String state) {
    return state.startsWith("28") || state.equals("42501");
  }

  private static OffshootException refusedLogin(Place place, SQLException error) {
    return switch (place.kind()) {
      case PARENT ->
          failure(
              ErrorCode.PARENT_ACCESS_DENIED,
              "%s: its server refuses the configured role or password; correct parents.%s.username and .password, or its pg_hba.conf"
                  .formatted(place, place.name()),
              error);
      case SOURCE ->
          failure(
              ErrorCode.PARENT_ACCESS_DENIED,
              "%s: its server refuses the configured role or password; correct parents.%s.source.username and .password, or its pg_hba.conf"
                  .formatted(place, place.name()),
              error);
      case BRANCH ->
          failure(
              ErrorCode.CONNECTION_LOST,
              place + " refused a login that was just made; tried again",
              error);
      case LEDGER ->
          failure(
              ErrorCode.LEDGER_UNREACHABLE,
              "ledger: its server refuses the configured role or password; correct ledger.username and ledger.password",
              error);
    };
  }

  private static boolean isOfParent(Place place) {
    return place.kind() == Place.Kind.PARENT || place.kind() == Place.Kind.SOURCE;
  }

  private static ErrorCode unreachable(Place place) {
    return switch (place.kind()) {
      case PARENT, SOURCE -> ErrorCode.PARENT_UNREACHABLE;
      case BRANCH -> ErrorCode.CONNECTION_LOST;
      case LEDGER -> ErrorCode.LEDGER_UNREACHABLE;
    };
  }

  private static OffshootException failure(ErrorCode code, String message, SQLException error) {
    String state = state(error);
    String full = state.isEmpty() ? message : "%s (SQLSTATE %s)".formatted(message, state);
    return new OffshootException(
        new Failure(code, full, null, null, state.isEmpty() ? null : state), error);
  }
}
