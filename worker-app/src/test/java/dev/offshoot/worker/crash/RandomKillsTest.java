package dev.offshoot.worker.crash;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.offshoot.worker.stack.TemporalProgram;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Experiments of all kinds, one after the other on each of several parents, while workers, Postgres
 * and Temporal are killed at random moments: {@code mvn verify -Pkills -Dkills=1000 -Dseed=N}.
 */
@EnabledIfSystemProperty(named = "kills", matches = "[1-9][0-9]*")
class RandomKillsTest {
  private static final int KILLS = Integer.getInteger("kills", 100);
  private static final long SEED = Long.getLong("seed", 4);
  private static final int PARENTS = 6;
  private static final int WORKERS = 2;

  /** Of a hundred kills, how many hit Postgres and how many Temporal; the others hit a worker. */
  private static final int POSTGRES = 6;

  private static final int TEMPORAL = 4;
  private static final int LONGEST_PEACE_MILLIS = 2_500;
  private static final int KILLS_BETWEEN_WORDS = 20;

  /** After the last kill an experiment has this long to end. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final List<Kind> KINDS = List.of(Kind.values());

  private final Random dice = new Random(SEED);
  private final Map<String, @Nullable Trial> running = new HashMap<>();
  private final Map<String, Integer> outcomes = new TreeMap<>();
  private final List<String> problems = new ArrayList<>();
  private int experiments;
  private int lost;
  private int mergedTwice;

  @Test
  void whateverIsKilled_nothingIsLostMergedTwiceOrLeftBehind() throws Exception {
    assumeTrue(
        TemporalProgram.find().isPresent(),
        "the program 'temporal' is neither on the PATH nor in Go's bin folder; .ci/run installs it");
    try (CrashWorld world = new CrashWorld()) {
      Aftermath aftermath = new Aftermath(world);
      List<String> parents =
          IntStream.range(0, PARENTS).mapToObj(i -> "slot%d".formatted(i)).toList();
      List<WorkerProcess> workers = new ArrayList<>();
      for (String parent : parents) {
        world.database(parent);
      }
      for (int i = 0; i < WORKERS; i++) {
        workers.add(WorkerProcess.start(world.configuration(parents)));
      }
      try {
        int kills = 0;
        while (kills < KILLS) {
          long peace = System.nanoTime() + dice.nextInt(LONGEST_PEACE_MILLIS) * 1_000_000L;
          awaitPolling(workers, world, parents);
          while (System.nanoTime() < peace) {
            turn(world, aftermath, parents, true);
          }
          kills += kill(world, workers, parents);
          if (kills % KILLS_BETWEEN_WORDS == 0) {
            System.out.println(line(kills, List.of()));
          }
        }
        awaitPolling(workers, world, parents);
        drain(world, aftermath, parents);
        List<String> left = aftermath.left();
        sayLast(line(kills, left));
        assertThat(problems).isEmpty();
        assertThat(left).isEmpty();
      } finally {
        for (WorkerProcess worker : workers) {
          worker.close();
        }
      }
    }
  }

  /** Of those that were killed, one at least must be back before the next is. */
  private void awaitPolling(List<WorkerProcess> workers, CrashWorld world, List<String> parents)
      throws Exception {
    while (workers.stream().noneMatch(WorkerProcess::isPolling)) {
      Thread.sleep(50);
      for (int i = 0; i < workers.size(); i++) {
        if (!workers.get(i).isAlive()) {
          // It gave up while a server was away.
          workers.set(i, WorkerProcess.start(world.configuration(parents)));
        }
      }
    }
  }

  private int kill(CrashWorld world, List<WorkerProcess> workers, List<String> parents)
      throws Exception {
    int die = dice.nextInt(100);
    if (die < POSTGRES) {
      world.killPostgres(Duration.ofMillis(dice.nextInt(1_500)));
    } else if (die < POSTGRES + TEMPORAL) {
      world.killTemporal(Duration.ofMillis(dice.nextInt(1_500)));
    } else {
      List<Integer> polling =
          IntStream.range(0, workers.size())
              .filter(i -> workers.get(i).isPolling())
              .boxed()
              .toList();
      int which = polling.get(dice.nextInt(polling.size()));
      workers.get(which).kill();
      workers.set(which, WorkerProcess.start(world.configuration(parents)));
    }
    return 1;
  }

  private void drain(CrashWorld world, Aftermath aftermath, List<String> parents) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (running.values().stream().anyMatch(trial -> trial != null)) {
      if (System.nanoTime() > end) {
        for (Trial trial : running.values()) {
          if (trial != null) {
            lost++;
            problems.add(trial + " does not end");
          }
        }
        return;
      }
      turn(world, aftermath, parents, false);
    }
  }

  /** A look at every parent: its experiment goes on, or has ended and another may begin. */
  private void turn(CrashWorld world, Aftermath aftermath, List<String> parents, boolean begin)
      throws Exception {
    for (String parent : parents) {
      Trial trial = running.get(parent);
      if (trial == null) {
        if (begin) {
          running.put(parent, started(world, parent));
        }
      } else {
        trial.decideIfAsked();
        String ended = trial.ended();
        if (ended != null) {
          running.put(parent, null);
          tally(aftermath, trial, ended);
        }
      }
    }
    Thread.sleep(20);
  }

  private Trial started(CrashWorld world, String parent) throws SQLException {
    world.databaseAnew(parent);
    Kind kind = KINDS.get(dice.nextInt(KINDS.size()));
    Trial trial = new Trial(world, "kill%d".formatted(++experiments), parent, kind);
    trial.start();
    return trial;
  }

  private void tally(Aftermath aftermath, Trial trial, String ended) throws SQLException {
    boolean asItMust = trial.kind().outcome().name().equals(ended);
    outcomes.merge(asItMust ? ended : "FAILED", 1, Integer::sum);
    List<String> wrong = asItMust ? aftermath.ofEnded(trial) : aftermath.ofFailed(trial);
    if (!wrong.isEmpty()) {
      wrong.forEach(System.out::println);
      System.out.println(trial + " ended as " + ended);
      problems.addAll(wrong);
      boolean twice = wrong.stream().anyMatch(problem -> problem.contains(": 2 receipts"));
      mergedTwice += twice ? 1 : 0;
      lost += twice ? 0 : 1;
    } else if (!asItMust) {
      System.out.println(trial + " ended as " + ended);
    }
  }

  private String line(int kills, List<String> left) {
    return "%d kills, %d experiments, %s, %d lost, %d merged twice, %d left behind, seed %d"
        .formatted(kills, experiments, outcomes, lost, mergedTwice, left.size(), SEED);
  }

  /** Where the test runs in Maven's own process: after everything that Maven has to say. */
  private static void sayLast(String line) {
    System.out.println(line);
    PrintStream console = new PrintStream(new FileOutputStream(FileDescriptor.out), true, UTF_8);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> console.println(line)));
  }
}
