package dev.offshoot.branch;

import dev.offshoot.PostgresServer;
import dev.offshoot.TestParent;
import dev.offshoot.benchmark.Benchmark;
import dev.offshoot.benchmark.Figure;
import dev.offshoot.benchmark.Measurements;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.merge.Sales;
import dev.offshoot.sql.Sql;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** What a branch costs besides the copy of the base, beside the CREATE DATABASE that it issues. */
public final class BranchBenchmark implements Benchmark {
  private static final double LIMIT = 1.1;

  @Override
  public void run(Measurements measurements) throws Exception {
    int rows = measurements.quick() ? 300_000 : 5_000_000;
    int runs = measurements.quick() ? 1 : 5;
    measurements.say("making a table of %,d rows".formatted(rows));
    try (TestParent parent = PostgresServer.parent(Sales.TABLE);
        PostgresBranchProvider provider = new PostgresBranchProvider(parent.config())) {
      Sales.fill(parent, rows);
      List<Double> ratios = new ArrayList<>();
      List<Double> bases = new ArrayList<>();
      List<Double> copies = new ArrayList<>();
      for (int run = 0; run <= runs; run++) {
        double base = copy(parent.database(), "bench_base");
        double copy = copy("bench_base", "bench_branch");
        double again = copy("bench_base", "bench_again");
        dropCopies();
        double whole = create(provider, parent, run);
        double ratio = (whole - base) / copy;
        measurements.say(
            String.format(
                Locale.ROOT,
                "branch.create %s: base copy %.0f ms, CREATE DATABASE %.0f ms (again %.0f), all of it %.0f ms, %.2fx",
                run == 0 ? "warm-up" : "run " + run,
                base,
                copy,
                again,
                whole,
                ratio));
        if (run > 0) {
          ratios.add(ratio);
          bases.add(base);
          copies.add(copy);
        }
      }
      measurements.note(
          new Figure(
              "branch.create",
              Measurements.median(ratios),
              LIMIT,
              runs,
              Collections.min(ratios),
              Collections.max(ratios)),
          String.format(Locale.ROOT, "%.0f ms", Measurements.median(copies)),
          String.format(Locale.ROOT, "+ base %.0f ms", Measurements.median(bases)));
    }
  }

  private static double create(PostgresBranchProvider provider, TestParent parent, int run)
      throws Exception {
    BranchRef ref = new BranchRef(new ExperimentId("bench" + run), 1, parent.database());
    try {
      return Measurements.millis(
          r -> provider.create(ref, Instant.now().plus(Duration.ofHours(1)), Progress.NONE), run);
    } finally {
      provider.drop(ref);
    }
  }

  /** By the statement that a branch of this size is made with. */
  private static double copy(String template, String name) throws Exception {
    try (Connection superuser = PostgresServer.superuser("postgres")) {
      return Measurements.millis(
          run ->
              Sql.execute(
                  superuser,
                  "CREATE DATABASE %s TEMPLATE %s STRATEGY FILE_COPY".formatted(name, template)),
          0);
    }
  }

  private static void dropCopies() throws SQLException {
    try (Connection superuser = PostgresServer.superuser("postgres")) {
      for (String name : List.of("bench_base", "bench_branch", "bench_again")) {
        Sql.execute(superuser, "DROP DATABASE " + name);
      }
    }
  }
}
