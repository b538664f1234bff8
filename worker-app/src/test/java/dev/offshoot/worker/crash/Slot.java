package dev.offshoot.worker.crash;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * Experiments of all kinds on one parent, one after the other, as their agent and their reviewer
 * see them; in a thread of its own, since a question may wait for a worker that was killed.
 */
final class Slot implements Callable<Boolean> {
  private static final @Nullable String KIND = System.getProperty("kind");
  private static final List<Kind> KINDS =
      KIND == null ? List.of(Kind.values()) : List.of(Kind.valueOf(KIND));
  private static final int MILLIS_BETWEEN_LOOKS = 300;

  /** When no more are begun, the last has this long to end. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final CrashWorld world;
  private final String parent;
  private final Tally tally;
  private final Lock servers;
  private final Random dice;
  private volatile boolean closing;

  /**
   * @param servers held while it looks: Postgres and Temporal are not killed under its own hands
   */
  Slot(CrashWorld world, String parent, Tally tally, Lock servers, long seed) {
    this.world = world;
    this.parent = parent;
    this.tally = tally;
    this.servers = servers;
    this.dice = new Random(seed);
  }

  /** Begins no other. */
  void close() {
    closing = true;
  }

  @Override
  public Boolean call() throws Exception {
    @Nullable Trial running = null;
    long end = Long.MAX_VALUE;
    while (!closing || running != null) {
      if (closing && end == Long.MAX_VALUE) {
        end = System.nanoTime() + PATIENCE.toNanos();
      }
      if (running != null && end != Long.MAX_VALUE && System.nanoTime() - end > 0) {
        tally.doesNotEnd(running);
        return false;
      }
      servers.lock();
      try {
        running = running == null ? begun() : looked(running);
      } finally {
        servers.unlock();
      }
      Thread.sleep(MILLIS_BETWEEN_LOOKS);
    }
    return true;
  }

  private @Nullable Trial begun() throws SQLException {
    if (closing) {
      return null;
    }
    world.databaseAnew(parent);
    Kind kind = KINDS.get(dice.nextInt(KINDS.size()));
    Trial trial = new Trial(world, "kill%d".formatted(tally.begun()), parent, kind);
    trial.start();
    return trial;
  }

  private @Nullable Trial looked(Trial trial) throws SQLException {
    trial.decideIfAsked();
    String ended = trial.ended();
    if (ended == null) {
      return trial;
    }
    tally.ended(trial, ended);
    return null;
  }
}
