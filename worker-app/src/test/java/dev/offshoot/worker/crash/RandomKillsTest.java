package dev.offshoot.worker.crash;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.offshoot.worker.stack.TemporalProgram;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Experiments of all kinds, one after the other on each of several parents, while workers, Postgres
 * and Temporal are killed at random moments: {@code mvn verify -Pkills -Dkills=1000 -Dseed=N}.
 */
@EnabledIfSystemProperty(named = "kills", matches = "[1-9][0-9]*")
@Timeout(value = 6, unit = TimeUnit.HOURS)
class RandomKillsTest {
  private static final int KILLS = Integer.getInteger("kills", 100);
  private static final long SEED = Long.getLong("seed", 4);
  private static final int PARENTS = 3;

  /** So many that some are at work while those that were killed start. */
  private static final int WORKERS = 3;

  /** Of a hundred kills, how many hit Postgres and how many Temporal; the others hit a worker. */
  private static final int POSTGRES = 6;

  private static final int TEMPORAL = 4;
  private static final int LONGEST_PEACE_MILLIS = 600;
  private static final int KILLS_BETWEEN_WORDS = 20;

  private final Random dice = new Random(SEED);

  /** Whoever looks shares it; whoever kills Postgres or Temporal has it alone. */
  private final ReadWriteLock servers = new ReentrantReadWriteLock();

  @Test
  void whateverIsKilled_nothingIsLostMergedTwiceOrLeftBehind() throws Exception {
    assumeTrue(
        TemporalProgram.find().isPresent(),
        "the program 'temporal' is neither on the PATH nor in Go's bin folder; .ci/run installs it");
    List<WorkerProcess> workers = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(PARENTS);
    try (CrashWorld world = new CrashWorld()) {
      List<String> parents =
          IntStream.range(0, PARENTS).mapToObj(i -> "slot%d".formatted(i)).toList();
      for (String parent : parents) {
        world.database(parent);
      }
      WorkerArchive archive = archive(world, parents);
      Starting starting = () -> WorkerProcess.start(world.configuration(parents), archive);
      for (int i = 0; i < WORKERS; i++) {
        workers.add(starting.start());
      }
      Aftermath aftermath = new Aftermath(world);
      Tally tally = new Tally(aftermath);
      List<Slot> slots = new ArrayList<>();
      List<Future<Boolean>> running = new ArrayList<>();
      for (String parent : parents) {
        Slot slot = new Slot(world, parent, tally, servers.readLock(), SEED + slots.size());
        slots.add(slot);
        running.add(threads.submit(slot));
      }
      try {
        int kills = kill(world, workers, starting, tally, running);
        awaitPolling(1, workers, starting);
        slots.forEach(Slot::close);
        for (Future<Boolean> each : running) {
          var unused = each.get();
        }
        List<String> left = aftermath.left();
        sayLast(tally.line(kills, left.size(), SEED));
        assertThat(tally.problems()).isEmpty();
        assertThat(left).isEmpty();
      } finally {
        threads.shutdownNow();
        for (WorkerProcess worker : workers) {
          worker.close();
        }
      }
    }
  }

  /** As often as was asked for; says how long it took. */
  private int kill(
      CrashWorld world,
      List<WorkerProcess> workers,
      Starting starting,
      Tally tally,
      List<Future<Boolean>> running)
      throws Exception {
    int kills = 0;
    int said = 0;
    long begun = System.nanoTime();
    while (kills < KILLS) {
      // Mostly another is at work and takes over; now and then nobody is, until one has started.
      awaitPolling(dice.nextInt(4) == 0 ? 1 : 2, workers, starting);
      Thread.sleep(dice.nextInt(LONGEST_PEACE_MILLIS));
      kills += kill(world, workers, starting);
      for (Future<Boolean> each : running) {
        if (each.isDone()) {
          // It ends only by a failure.
          var unused = each.get();
        }
      }
      if (kills - said >= KILLS_BETWEEN_WORDS) {
        said = kills;
        System.out.println(tally.line(kills, 0, SEED));
      }
    }
    System.out.printf("%.1f s a kill%n", (System.nanoTime() - begun) / 1e9 / kills);
    return kills;
  }

  private interface Starting {
    WorkerProcess start() throws IOException;
  }

  /** Of a worker that has seen an experiment to its end: then most of its classes are loaded. */
  private static WorkerArchive archive(CrashWorld world, List<String> parents) throws Exception {
    WorkerArchive archive =
        WorkerArchive.in(world.folder().resolve("archive"), WorkerProcess.ownClassPath());
    try (WorkerProcess worker = WorkerProcess.archiving(world.configuration(parents), archive)) {
      worker.awaitPolling();
      Trial trial = new Trial(world, "archived", parents.get(0), Kind.SCHEMA);
      trial.start();
      Trial.driveToTheEnd(List.of(trial));
      worker.end();
    }
    return archive;
  }

  /** Of those that were killed, so many at least must be back before the next is. */
  private static void awaitPolling(int least, List<WorkerProcess> workers, Starting starting)
      throws Exception {
    while (workers.stream().filter(WorkerProcess::isPolling).count() < least) {
      Thread.sleep(50);
      for (int i = 0; i < workers.size(); i++) {
        if (!workers.get(i).isAlive()) {
          // It gave up while a server was away.
          workers.set(i, starting.start());
        }
      }
    }
  }

  private int kill(CrashWorld world, List<WorkerProcess> workers, Starting starting)
      throws Exception {
    int die = dice.nextInt(100);
    if (die < POSTGRES + TEMPORAL) {
      Duration down = Duration.ofMillis(dice.nextInt(1_500));
      servers.writeLock().lock();
      try {
        if (die < POSTGRES) {
          world.killPostgres(down);
        } else {
          world.killTemporal(down);
        }
      } finally {
        servers.writeLock().unlock();
      }
    } else {
      List<Integer> polling =
          IntStream.range(0, workers.size())
              .filter(i -> workers.get(i).isPolling())
              .boxed()
              .toList();
      if (polling.isEmpty()) {
        // One that is not at work yet, or has given up, is no kill.
        return 0;
      }
      int which = polling.get(dice.nextInt(polling.size()));
      workers.get(which).kill();
      workers.set(which, starting.start());
    }
    return 1;
  }

  /** Where the test runs in Maven's own process: after everything that Maven has to say. */
  private static void sayLast(String line) {
    System.out.println(line);
    PrintStream console = new PrintStream(new FileOutputStream(FileDescriptor.out), true, UTF_8);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> console.println(line)));
  }
}
