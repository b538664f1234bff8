package dev.offshoot.worker.up;

/** The stack cannot be started; says what to do. Holds no secret. */
public final class StackFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String remedy;

  public StackFailure(String message, String remedy, Throwable cause) {
    super(message, cause);
    this.remedy = remedy;
  }

  public String remedy() {
    return remedy;
  }
}
