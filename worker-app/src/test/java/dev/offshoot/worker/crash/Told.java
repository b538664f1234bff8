package dev.offshoot.worker.crash;

/**
 * What somebody was told who wanted something of an experiment.
 *
 * @param answer in one word
 * @param words the error's, where there was one
 */
record Told(Answer answer, String words) {
  static final Told NOTHING = new Told(Answer.NONE, "");

  enum Answer {
    /** Nobody answers a signal. */
    NONE,
    /** Their decision counts. */
    ACCEPTED,
    /** The deadline is another. */
    EXTENDED,
    REFUSED
  }

  static Told refused(Throwable e) {
    return new Told(Answer.REFUSED, String.valueOf(e.getMessage()));
  }

  boolean is(Answer other) {
    return answer == other;
  }
}
