package dev.offshoot.experiment;

import dev.offshoot.branch.SessionGuard;
import dev.offshoot.domain.OffshootException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures a branch again and again while an experiment runs on it: no setting of the server keeps
 * a role from filling the disk, and a full disk stops the whole server. So does a full lock table,
 * and a session that fills it is ended at once. Thread-safe.
 *
 * <p>What is written between two looks is written; so the limit is for the time, not for the byte.
 */
final class GrowthWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GrowthWatch.class);
  private static final long MILLIS_BETWEEN_LOOKS = 500;

  private static final ScheduledExecutorService LOOKS =
      Executors.newScheduledThreadPool(
          1,
          work -> {
            Thread thread = new Thread(work, "offshoot-growth");
            thread.setDaemon(true);
            return thread;
          });

  private final LongSupplier bytes;
  private final long limit;
  private final long start;
  private final ScheduledFuture<?> looks;
  private volatile SessionGuard session = SessionGuard.NONE;
  private volatile boolean over;
  private volatile boolean lockedOut;

  /**
   * @param bytes the branch's size now
   * @param limit bytes that it may grow by from here on
   */
  GrowthWatch(LongSupplier bytes, long limit) {
    this.bytes = bytes;
    this.limit = limit;
    this.start = bytes.getAsLong();
    this.looks =
        LOOKS.scheduleWithFixedDelay(
            this::look, MILLIS_BETWEEN_LOOKS, MILLIS_BETWEEN_LOOKS, TimeUnit.MILLISECONDS);
  }

  /** Looks also at the locks of this session from now on. */
  void watch(SessionGuard guarded) {
    session = guarded;
  }

  /** Whether the branch has outgrown its limit, or its session was ended, by the latest look. */
  boolean isOver() {
    return over || lockedOut;
  }

  /** Whether the session was ended because of its locks. */
  boolean tookTooManyLocks() {
    return lockedOut;
  }

  /** Looks at once. */
  boolean isOverNow() {
    look();
    return isOver();
  }

  long limit() {
    return limit;
  }

  @Override
  public void close() {
    looks.cancel(false);
  }

  private void look() {
    SessionGuard guarded = session;
    if (guarded.takesTooManyLocks()) {
      lockedOut = true;
      guarded.end();
      return;
    }
    try {
      over |= bytes.getAsLong() - start > limit;
    } catch (OffshootException e) {
      // The next look may succeed; the statements themselves tell if the server is gone.
      LOG.warn("could not measure a branch: {}", e.code());
    }
  }
}
