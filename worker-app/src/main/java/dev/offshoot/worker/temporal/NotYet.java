package dev.offshoot.worker.temporal;

/**
 * Something that the worker needs is not there yet and will be tried again. The message says what
 * and what to do; it holds no secret.
 */
public final class NotYet extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public NotYet(String message) {
    super(message);
  }

  public NotYet(String message, Throwable cause) {
    super(message, cause);
  }
}
