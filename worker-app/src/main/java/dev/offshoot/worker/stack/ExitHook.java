package dev.offshoot.worker.stack;

/** Runs something at the end of the JVM unless it was taken away before. */
final class ExitHook {

  private final Thread thread;

  private ExitHook(Thread thread) {
    this.thread = thread;
  }

  static ExitHook add(String name, Runnable action) {
    Thread thread = new Thread(action, name);
    Runtime.getRuntime().addShutdownHook(thread);
    return new ExitHook(thread);
  }

  /** Idempotent; without effect when the JVM is already ending. */
  void remove() {
    try {
      Runtime.getRuntime().removeShutdownHook(thread);
    } catch (IllegalStateException e) {
      // The JVM is ending: the hooks run already, ours too, and what it calls is idempotent.
    }
  }
}
