package dev.offshoot.generated;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.domain.ErrorCode;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.sessions.JqwikSession;
import org.junit.jupiter.api.Test;

/**
 * Random schemas, rows, experiments and changes of the parent meanwhile, on real Postgres through
 * the real steps, against oracles. {@code -Dcases=N -Dseed=S} says how many and which; {@code
 * -Dcase=I} plays one alone, {@code -Dfrom=I} goes on from there; {@code -Dpgdump=P} asks pg_dump
 * in every {@code P}th case only (4 in the default run, 1 in {@code -Pgenerated}); {@code
 * -Dtell=true} prints what is refused and why.
 */
class GeneratedCasesTest {
  private static final int CASES =
      Integer.getInteger("cases", Boolean.getBoolean("thorough") ? 100 : 40);
  private static final long SEED = Long.getLong("seed", 4);
  private static final int FROM = Integer.getInteger("from", 0);
  private static final int ONLY = Integer.getInteger("case", -1);

  /** Always where many are asked for; in the default run now and then, since it takes long. */
  private static final int PG_DUMP_EVERY =
      Integer.getInteger("pgdump", Boolean.getBoolean("lastLine") ? 1 : 4);

  private static final int THREADS =
      Integer.getInteger("threads", Runtime.getRuntime().availableProcessors());

  private static final boolean TELLS_REFUSALS = Boolean.getBoolean("tell");
  private static final int CASES_BETWEEN_WORDS = 100;

  /** Of all cases, in percent, that must reach a merge or conflicts. */
  private static final int LEAST_CARRIED = 60;

  private final Optional<PgDump> pgDump = PgDump.find();
  private final Map<String, Integer> tally = new TreeMap<>();
  private final List<String> failures = new ArrayList<>();
  private int played;

  @Test
  void everyCase_isMergedAsTheModelSays_orRefusedByName() throws Exception {
    long began = System.nanoTime();
    try (Stage.SharedLedger ledger = Stage.SharedLedger.open()) {
      AtomicInteger next = new AtomicInteger(ONLY < 0 ? FROM : ONLY);
      int end = ONLY < 0 ? CASES : ONLY + 1;
      ExecutorService threads = Executors.newFixedThreadPool(THREADS);
      List<Future<?>> working = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        working.add(
            threads.submit(
                () -> {
                  work(ledger, next, end);
                  return true;
                }));
      }
      for (Future<?> each : working) {
        each.get();
      }
      threads.shutdown();
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    System.out.printf(
        Locale.ROOT, "outcomes: %s; %s; %.1f cases/s%n", tally, oracle(), played / seconds);
    String last = "%d cases, %d failures, seed %d".formatted(played, failures.size(), SEED);
    System.out.println(last);
    if (Boolean.getBoolean("lastLine")) {
      sayLast(last);
    }
    assertThat(failures).isEmpty();
    if (ONLY < 0 && CASES >= 40) {
      int carried = tally.getOrDefault("merged", 0) + tally.getOrDefault("conflicted", 0);
      assertThat(carried * 100 / played).as("share carried").isGreaterThan(LEAST_CARRIED);
    }
  }

  /** Where the test runs in Maven's own process: after everything that Maven has to say. */
  private static void sayLast(String line) {
    PrintStream console = new PrintStream(new FileOutputStream(FileDescriptor.out), true, UTF_8);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> console.println(line)));
  }

  private String oracle() {
    return pgDump.isPresent()
        ? "pg_dump asked where the parent stood still%s"
            .formatted(PG_DUMP_EVERY == 1 ? "" : ", in every %d. case".formatted(PG_DUMP_EVERY))
        : "no pg_dump new enough, our own dump alone";
  }

  private void work(Stage.SharedLedger ledger, AtomicInteger next, int end) throws SQLException {
    JqwikSession.start();
    try (Stage stage = Stage.over(ledger.ledger())) {
      for (int number = next.getAndIncrement(); number < end; number = next.getAndIncrement()) {
        play(stage, number);
      }
    } finally {
      JqwikSession.finish();
    }
  }

  private void play(Stage stage, int number) throws SQLException {
    PgDump oracle = number % PG_DUMP_EVERY == 0 ? pgDump.orElse(null) : null;
    String tried = "-- seed %d, case %d".formatted(SEED, number);
    try {
      Scenario scenario = Generated.madeUp(SEED, number);
      tried = scenario.text();
      stage.clear();
      scenario = Generated.onStage(scenario, stage);
      tried = scenario.text();
      Play play = Play.onStage(scenario, stage, oracle);
      tell(scenario, play.result());
      note(
          play,
          play.problems().isEmpty() ? "" : new Shrinking(stage, oracle).report(scenario, play));
    } catch (SQLException | RuntimeException e) {
      StringWriter trace = new StringWriter();
      e.printStackTrace(new PrintWriter(trace));
      Result broken = new Result.Refused("broken", ErrorCode.INTERNAL, String.valueOf(e));
      note(new Play(broken, List.of()), "broken%n%s%n%s".formatted(tried, trace));
    }
  }

  private static void tell(Scenario scenario, Result result) {
    if (TELLS_REFUSALS && result instanceof Result.Refused) {
      System.out.printf(
          "%s: %s%n  %s%n",
          scenario.title(),
          String.join(": ", result.told()),
          String.join("\n  ", scenario.experiment()));
    }
  }

  private synchronized void note(Play play, String failure) {
    played++;
    Result result = play.result();
    String outcome =
        result instanceof Result.Merged
            ? "merged"
            : result instanceof Result.Conflicted ? "conflicted" : result.told().get(0);
    tally.merge(outcome, 1, Integer::sum);
    if (played % CASES_BETWEEN_WORDS == 0) {
      System.out.printf("%d cases, %d failures so far%n", played, failures.size());
    }
    if (!failure.isEmpty()) {
      // At once: a long run may be cut short.
      System.out.println(failure);
      failures.add(failure.lines().skip(1).findFirst().orElse(failure));
    }
  }
}
