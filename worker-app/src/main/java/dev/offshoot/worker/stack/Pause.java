package dev.offshoot.worker.stack;

/** The short sleep between two looks at something that has no way to notify us. */
final class Pause {

  private static final long MILLIS = 15;

  private Pause() {}

  /**
   * Sleeps for some milliseconds.
   *
   * @throws StackException when the thread is interrupted; the interrupt flag is set again
   */
  static void briefly() {
    try {
      Thread.sleep(MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StackException("Interrupted while a server was being started or stopped.", e);
    }
  }
}
