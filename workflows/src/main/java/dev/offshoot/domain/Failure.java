package dev.offshoot.domain;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What went wrong, for people and programs; never holds a secret.
 *
 * @param code why
 * @param message what, where and what to do
 * @param statement index of the statement that failed, from 0
 * @param position character in that statement at which the server saw the error, from 1
 * @param sqlState SQLSTATE of the server's error
 */
public record Failure(
    ErrorCode code,
    String message,
    @Nullable Integer statement,
    @Nullable Integer position,
    @Nullable String sqlState) {

  public Failure {
    Objects.requireNonNull(code, "code");
    message = message == null ? code.name() : message;
  }

  public static Failure of(ErrorCode code, String message) {
    return new Failure(code, message, null, null, null);
  }
}
