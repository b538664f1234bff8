package dev.offshoot.worker.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.offshoot.worker.crash.CuttingProxy.Cut;
import dev.offshoot.worker.stack.TemporalProgram;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Servers that are killed and started again, and connections that are cut in mid-commit. */
@Timeout(600)
class BrokenConnectionsTest {
  /** Long enough that whoever is connected notices. */
  private static final Duration DOWN = Duration.ofSeconds(2);

  private static CrashWorld world;
  private static Aftermath aftermath;

  @BeforeAll
  static void startServers() throws Exception {
    assumeTrue(
        TemporalProgram.find().isPresent(),
        "the program 'temporal' is neither on the PATH nor in Go's bin folder; .ci/run installs it");
    world = new CrashWorld();
    aftermath = new Aftermath(world);
  }

  @AfterAll
  static void stopServers() {
    if (world != null) {
      world.close();
    }
  }

  @Test
  void postgresKilledInTheMiddle_isWaitedFor_andEachMergesOnce() throws Exception {
    List<Trial> trials = trials("postgres");
    try (WorkerProcess worker = WorkerProcess.start(world.configuration(Trial.parents(trials)))) {
      worker.awaitPolling();
      trials.forEach(Trial::start);
      Thread.sleep(700);
      world.killPostgres(DOWN);
      Trial.driveToTheEnd(trials);
      assertThat(aftermath.problems(trials)).as(worker.log()).isEmpty();
    }
  }

  @Test
  void temporalKilledInTheMiddle_isWaitedFor_andEachMergesOnce() throws Exception {
    List<Trial> trials = trials("temporal");
    try (WorkerProcess worker = WorkerProcess.start(world.configuration(Trial.parents(trials)))) {
      worker.awaitPolling();
      trials.forEach(Trial::start);
      Thread.sleep(700);
      world.killTemporal(DOWN);
      Trial.driveToTheEnd(trials);
      assertThat(aftermath.problems(trials)).as(worker.log()).isEmpty();
    }
  }

  /** The more treacherous one is enough by default; {@code mvn verify -Pkills} has both. */
  static Set<Cut> cuts() {
    return Integer.getInteger("kills", 0) > 0
        ? EnumSet.allOf(Cut.class)
        : EnumSet.of(Cut.BEFORE_ITS_ANSWER);
  }

  /**
   * The second commit on every database, be it the ledger, a parent, a base or a branch: each once,
   * so that no step meets more of them than it has tries.
   */
  @ParameterizedTest
  @MethodSource("cuts")
  void commitThatIsCut_isFoundOut_andEachMergesOnce(Cut cut) throws Exception {
    List<Trial> trials = trials(cut == Cut.BEFORE_IT_ARRIVES ? "before" : "after");
    Map<String, Integer> commits = new ConcurrentHashMap<>();
    BiPredicate<String, String> second =
        (database, text) ->
            text.contains("COMMIT")
                && !database.equals("postgres")
                && commits.merge(database, 1, Integer::sum) == 2;
    try (CuttingProxy proxy = new CuttingProxy(world.postgresPort(), cut, second, 100);
        WorkerProcess worker =
            WorkerProcess.start(world.configuration(Trial.parents(trials), proxy.port()))) {
      worker.awaitPolling();
      trials.forEach(Trial::start);
      Trial.driveToTheEnd(trials);
      assertThat(aftermath.problems(trials)).as(worker.log()).isEmpty();
      assertThat(proxy.cuts()).isPositive();
    }
  }

  /** One of the two databases is gone, and nobody knows. */
  @ParameterizedTest
  @MethodSource("cuts")
  void dropThatIsCut_isFinished(Cut cut) throws Exception {
    List<Trial> trials = trials(cut == Cut.BEFORE_IT_ARRIVES ? "undropped" : "dropped");
    try (CuttingProxy proxy =
            new CuttingProxy(
                world.postgresPort(), cut, (database, text) -> text.contains("DROP DATABASE"), 6);
        WorkerProcess worker =
            WorkerProcess.start(world.configuration(Trial.parents(trials), proxy.port()))) {
      worker.awaitPolling();
      trials.forEach(Trial::start);
      Trial.driveToTheEnd(trials);
      assertThat(aftermath.problems(trials)).as(worker.log()).isEmpty();
      assertThat(proxy.cuts()).isEqualTo(6);
    }
  }

  /** The ways that differ most in what they do to Postgres; {@code -Pkills} has all. */
  private static Set<Kind> kinds() {
    return Integer.getInteger("kills", 0) > 0
        ? EnumSet.allOf(Kind.class)
        : EnumSet.of(Kind.SCHEMA, Kind.REBASED, Kind.SESSION);
  }

  private static List<Trial> trials(String name) throws Exception {
    List<Trial> trials = new ArrayList<>();
    for (Kind kind : kinds()) {
      String id = kind.name().toLowerCase(Locale.ROOT) + name;
      world.database(id);
      trials.add(new Trial(world, id, kind));
    }
    return trials;
  }
}
