package dev.offshoot.worker.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.offshoot.worker.stack.TemporalProgram;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A worker that is killed at each point that an experiment comes to: a first experiment of its kind
 * tells the points, and then there is one more for each of them. Many stand at their points at
 * once, and one SIGKILL hits them all.
 */
@Timeout(1_800)
class CrashAtEveryPointTest {
  private static final String WAITING = "waiting for a decision";
  private static final int AT_ONCE = 21;

  /** Where the numbers begin of those that are killed apart from the others. */
  private static final int AMONG_THEMSELVES = 900;

  /** They hold their branches longer, for each of which the server must have room. */
  private static final int SESSIONS_AT_ONCE = 12;

  private static final boolean EVERYTHING = Integer.getInteger("kills", 0) > 0;

  private static CrashWorld world;
  private static PointsOfSteps points;
  private static Aftermath aftermath;

  @BeforeAll
  static void startServers() throws Exception {
    assumeTrue(
        TemporalProgram.find().isPresent(),
        "the program 'temporal' is neither on the PATH nor in Go's bin folder; .ci/run installs it");
    world = new CrashWorld();
    points = new PointsOfSteps();
    aftermath = new Aftermath(world);
  }

  @AfterAll
  static void stopServers() throws Exception {
    if (world != null) {
      world.close();
      points.close();
    }
  }

  /**
   * By default two ways, and some points of each; {@code mvn verify -Pkills} goes all, {@code
   * -Dkind=SESSION} one.
   */
  static Set<Kind> kinds() {
    @Nullable String one = System.getProperty("kind");
    if (one != null) {
      return EnumSet.of(Kind.valueOf(one));
    }
    return EVERYTHING ? EnumSet.allOf(Kind.class) : EnumSet.of(Kind.ROWS, Kind.SESSION);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void killedAtAnyPoint_itEndsAsItWouldHave_andLeavesNothing(Kind kind) throws Exception {
    List<String> all = new ArrayList<>();
    List<String> reached = pointsOf(kind);
    int step = EVERYTHING ? 1 : kind.isSession() ? 9 : 3;
    for (int i = 0; i < reached.size(); i += step) {
      all.add(reached.get(i));
    }
    all.add(WAITING);
    // Who stands in the middle of a COPY lets nobody else drop a database, and so get further: not
    // even from the copy for a rehearsal to the merge.
    Map<Boolean, List<String>> copying =
        all.stream()
            .filter(point -> point.contains(" staging "))
            .collect(Collectors.partitioningBy(point -> point.contains(" on a copy: ")));
    int number = AMONG_THEMSELVES;
    for (List<String> together : copying.values()) {
      if (!together.isEmpty()) {
        all.removeAll(together);
        killAt(kind, number, together);
        number += together.size();
      }
    }
    int atOnce = kind.isSession() ? SESSIONS_AT_ONCE : AT_ONCE;
    for (int from = 0; from < all.size(); from += atOnce) {
      killAt(kind, from, all.subList(from, Math.min(from + atOnce, all.size())));
    }
  }

  private static List<String> pointsOf(Kind kind) throws Exception {
    Trial first = trial(kind, "first");
    try (WorkerProcess worker =
        WorkerProcess.start(world.configuration(List.of(first.id())), points)) {
      first.start();
      Trial.driveToTheEnd(List.of(first));
      assertThat(aftermath.problems(List.of(first))).as(worker.log()).isEmpty();
    }
    List<String> reached = points.reachedBy(first.id());
    assertThat(reached).contains("CreateBranch begins", "DropBranch is done");
    return reached;
  }

  private static void killAt(Kind kind, int number, List<String> where) throws Exception {
    Map<Trial, String> trials = new TreeMap<>((a, b) -> a.id().compareTo(b.id()));
    for (int i = 0; i < where.size(); i++) {
      trials.put(trial(kind, "at%03d".formatted(number + i)), where.get(i));
    }
    try (WorkerProcess worker =
        WorkerProcess.start(world.configuration(Trial.parents(trials.keySet())), points)) {
      for (Map.Entry<Trial, String> each : trials.entrySet()) {
        points.stopAt(each.getKey().id(), each.getValue());
        each.getKey().start();
      }
      awaitAllAtTheirPoints(trials, worker);
      worker.kill();
    }
    points.goOn();
    try (WorkerProcess another =
        WorkerProcess.start(world.configuration(Trial.parents(trials.keySet())), points)) {
      Trial.driveToTheEnd(List.copyOf(trials.keySet()));
      assertThat(aftermath.problems(List.copyOf(trials.keySet())))
          .as("killed at %s%n%s", trials, another.log())
          .isEmpty();
    }
  }

  private static void awaitAllAtTheirPoints(Map<Trial, String> trials, WorkerProcess worker)
      throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    List<Trial> open = List.copyOf(trials.keySet());
    while (!open.isEmpty()) {
      assertThat(System.nanoTime())
          .as("not at their points: %s of %s%n%s", open, trials, worker.log())
          .isLessThan(end);
      List<Trial> left = new ArrayList<>();
      for (Trial trial : open) {
        if (WAITING.equals(trials.get(trial))) {
          if (!trial.isAwaitingDecision()) {
            left.add(trial);
          }
        } else if (!points.isStopped(trial.id())) {
          trial.decideIfAsked();
          left.add(trial);
        }
      }
      open = left;
    }
  }

  private static Trial trial(Kind kind, String name) throws Exception {
    String id = kind.name().toLowerCase(Locale.ROOT) + name;
    world.database(id);
    return new Trial(world, id, kind);
  }

  @Test
  void twoWorkersAtOnce_oneKilledAndKilledAgain_mergeEachOnce() throws Exception {
    List<Trial> trials = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      trials.add(trial(kind, "two"));
    }
    try (WorkerProcess stays = WorkerProcess.start(world.configuration(Trial.parents(trials)))) {
      WorkerProcess dies =
          WorkerProcess.start(world.configuration(Trial.parents(trials))).awaitPolling();
      trials.forEach(Trial::start);
      Thread.sleep(400);
      dies.kill();
      dies = WorkerProcess.start(world.configuration(Trial.parents(trials))).awaitPolling();
      for (Trial trial : trials) {
        trial.decideIfAsked();
      }
      dies.kill();
      Trial.driveToTheEnd(trials);
      assertThat(aftermath.problems(trials)).as(stays.log()).isEmpty();
    }
  }
}
