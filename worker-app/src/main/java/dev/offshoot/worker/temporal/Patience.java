package dev.offshoot.worker.temporal;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries until it works, with pauses that double up to a limit, and says so in one log line each
 * time. Ends early when told to. Thread-safe.
 */
public final class Patience {
  private static final Logger LOG = LoggerFactory.getLogger(Patience.class);

  private final Duration first;
  private final Duration longest;
  private final CountDownLatch given = new CountDownLatch(1);

  /**
   * @param first the first pause
   * @param longest what pauses grow to
   */
  public Patience(Duration first, Duration longest) {
    this.first = first;
    this.longest = longest;
  }

  /**
   * Runs {@code attempt} until it does not throw {@link NotYet}; anything else it throws is the
   * caller's.
   *
   * @param waitingFor hears what is missing, each time
   * @return whether it worked; not if {@link #giveUp} came first
   */
  public boolean until(Runnable attempt, Consumer<String> waitingFor) throws InterruptedException {
    Duration pause = first;
    while (given.getCount() > 0) {
      try {
        attempt.run();
        return true;
      } catch (NotYet e) {
        waitingFor.accept(e.what());
        LOG.warn("{}; trying again in {} ms", e.what(), pause.toMillis());
      }
      if (given.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
        return false;
      }
      Duration doubled = pause.multipliedBy(2);
      pause = doubled.compareTo(longest) > 0 ? longest : doubled;
    }
    return false;
  }

  /** Ends all waiting, now and later. */
  public void giveUp() {
    given.countDown();
  }
}
