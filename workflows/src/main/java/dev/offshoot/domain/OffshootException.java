package dev.offshoot.domain;

import org.jspecify.annotations.Nullable;

/** The one root of what Offshoot throws: a {@link Failure} that can be thrown. */
public class OffshootException extends RuntimeException {
  private final transient Failure failure;

  public OffshootException(Failure failure, @Nullable Throwable cause) {
    super(failure.message(), cause);
    this.failure = failure;
  }

  public OffshootException(ErrorCode code, String message) {
    this(Failure.of(code, message), null);
  }

  public OffshootException(ErrorCode code, String message, @Nullable Throwable cause) {
    this(Failure.of(code, message), cause);
  }

  public Failure failure() {
    return failure;
  }

  public ErrorCode code() {
    return failure.code();
  }
}
