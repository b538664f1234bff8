package dev.offshoot.worker.stack;

/**
 * A server of the stack could not be started, filled or used. The message says what failed, which
 * port, folder or program it was, and what to do; it never holds a password.
 */
public final class StackException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  StackException(String message) {
    super(message);
  }

  StackException(String message, Throwable cause) {
    super(message, cause);
  }
}
