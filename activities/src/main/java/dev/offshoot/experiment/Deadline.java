package dev.offshoot.experiment;

import java.time.Duration;

/**
 * When all of an experiment's statements and checks must be done.
 *
 * @param whole time that they have together
 * @param end when it is over, by {@link System#nanoTime}
 */
record Deadline(Duration whole, long end) {

  static Deadline in(Duration whole) {
    return new Deadline(whole, System.nanoTime() + whole.toNanos());
  }

  /** Time left; zero if none is. */
  Duration left() {
    return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
  }
}
