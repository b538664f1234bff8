package dev.offshoot.worker.temporal;

/**
 * Something that the worker needs is not there yet and will be tried again. The message says what
 * and what to do; it holds no secret.
 */
public final class NotYet extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String what;

  public NotYet(String what) {
    super(what);
    this.what = what;
  }

  public NotYet(String what, Throwable cause) {
    super(what, cause);
    this.what = what;
  }

  /** What is missing. */
  public String what() {
    return what;
  }
}
