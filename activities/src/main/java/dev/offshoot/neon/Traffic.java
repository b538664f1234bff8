package dev.offshoot.neon;

import dev.offshoot.step.Progress;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * How fast we ask for one project: so many requests in a time, and one change at once, since Neon
 * refuses others (423) while it works on one. Thread-safe; all clients of this process share the
 * one of a project.
 */
final class Traffic {
  /** What may be asked at once after a pause. */
  private static final int BURST = 20;

  private static final long LOOK_EVERY_MILLIS = 1_000;
  private static final ConcurrentMap<String, Traffic> BY_PROJECT = new ConcurrentHashMap<>();

  private final Semaphore changes = new Semaphore(1, true);
  private final Waiting waiting;
  private final long nanosBetween;
  private long nextFree;

  Traffic(int requestsPerSecond, Waiting waiting) {
    this.waiting = waiting;
    this.nanosBetween = Duration.ofSeconds(1).toNanos() / requestsPerSecond;
    this.nextFree = waiting.nanos() - BURST * nanosBetween;
  }

  static Traffic of(NeonProject project) {
    return BY_PROJECT.computeIfAbsent(
        project.api() + " " + project.id(),
        key -> new Traffic(project.requestsPerSecond(), Waiting.REAL));
  }

  /** Changes something when its turn has come, as long as that takes. */
  <T> T change(Progress progress, Supplier<T> change) {
    while (!waiting.acquire(changes, LOOK_EVERY_MILLIS)) {
      progress.report("neon: waiting for another change of ours in the project");
    }
    try {
      return change.get();
    } finally {
      changes.release();
    }
  }

  /** Waits until another request may go. */
  void request(Progress progress) {
    long now = waiting.nanos();
    long mine;
    synchronized (this) {
      long earliest = now - BURST * nanosBetween;
      mine = Math.max(nextFree, earliest) + nanosBetween;
      nextFree = mine;
    }
    waiting.pause(Duration.ofNanos(Math.max(0, mine - now)), progress);
  }

  /** Time and sleep, for tests to stand in. */
  interface Waiting {
    Waiting REAL =
        new Waiting() {
          @Override
          public long nanos() {
            return System.nanoTime();
          }

          @Override
          public void sleep(long millis) throws InterruptedException {
            Thread.sleep(millis);
          }
        };

    long nanos();

    void sleep(long millis) throws InterruptedException;

    /** Sleeps, and hears of cancellation once a second. */
    default void pause(Duration time, Progress progress) {
      long millis = time.toMillis();
      while (millis > 0) {
        long step = Math.min(millis, LOOK_EVERY_MILLIS);
        try {
          sleep(step);
        } catch (InterruptedException e) {
          throw NeonErrors.interrupted(e);
        }
        millis -= step;
        if (millis > 0) {
          progress.report("neon: waiting");
        }
      }
    }

    /** Whether the permit was had within the time. */
    default boolean acquire(Semaphore semaphore, long millis) {
      try {
        return semaphore.tryAcquire(millis, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        throw NeonErrors.interrupted(e);
      }
    }
  }
}
