package dev.offshoot.diff;

import dev.offshoot.PostgresServer;
import dev.offshoot.TestParent;
import dev.offshoot.benchmark.Benchmark;
import dev.offshoot.benchmark.Figure;
import dev.offshoot.benchmark.Measurements;
import dev.offshoot.branch.PostgresBranchProvider;
import dev.offshoot.changelog.KeyLog;
import dev.offshoot.changelog.KeyLog.Keys;
import dev.offshoot.changelog.RowWatch;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.TableName;
import dev.offshoot.domain.WrittenRows;
import dev.offshoot.merge.Sales;
import dev.offshoot.sql.SessionSettings;
import dev.offshoot.sql.Sql;
import dev.offshoot.sql.TableCatalog;
import dev.offshoot.sql.TableCatalog.Table;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Finding and reading the changed rows of a table by their keys, beside streaming all rows of base
 * and branch; and the same in a table ten times as large.
 */
public final class DiffBenchmark implements Benchmark {
  private static final List<Integer> CHANGED = List.of(10, 1_000, 100_000);

  @Override
  public void run(Measurements measurements) throws Exception {
    int large = measurements.quick() ? 1_000_000 : 10_000_000;
    Times few = measure(measurements, large / 10, 0);
    Times many = measure(measurements, large, measurements.quick() ? 1 : 2);
    for (int changed : List.of(10, 1_000)) {
      note(measurements, "diff." + changed, 0.01, many.byKey(changed), many.streaming());
      note(
          measurements,
          "diff." + changed + ".flat",
          1.5,
          many.byKey(changed),
          List.of(Measurements.median(few.byKey(changed))));
    }
    note(measurements, "diff.100k", 0.2, many.byKey(100_000), many.streaming());
  }

  /**
   * @param byKeys milliseconds for so many changed rows
   * @param streaming milliseconds for all rows
   */
  private record Times(Map<Integer, List<Double>> byKeys, List<Double> streaming) {
    List<Double> byKey(int changed) {
      return byKeys.getOrDefault(changed, List.of());
    }
  }

  private static void note(
      Measurements measurements,
      String name,
      double limit,
      List<Double> subject,
      List<Double> baseline) {
    double of = Measurements.median(baseline);
    measurements.note(
        new Figure(
            name,
            Measurements.median(subject) / of,
            limit,
            subject.size(),
            Collections.min(subject) / of,
            Collections.max(subject) / of),
        String.format(Locale.ROOT, "%.1f ms", of),
        String.format(Locale.ROOT, "%.1f ms", Measurements.median(subject)));
  }

  private static Times measure(Measurements measurements, int rows, int streamings)
      throws Exception {
    measurements.say("making a table of %,d rows and a branch".formatted(rows));
    try (TestParent parent = PostgresServer.parent(Sales.TABLE);
        PostgresBranchProvider provider = new PostgresBranchProvider(parent.config())) {
      Sales.fill(parent, rows);
      BranchRef ref = new BranchRef(new ExperimentId("bench" + rows), 1, parent.database());
      provider.create(ref, Instant.now().plus(Duration.ofHours(1)), Progress.NONE);
      try {
        Map<Integer, List<Double>> byKeys = new TreeMap<>();
        for (int changed : streamings == 0 ? CHANGED.subList(0, 2) : CHANGED) {
          List<WrittenRows> counted = experiment(provider, ref, changed);
          byKeys.put(changed, byKey(measurements, provider, ref, counted, changed));
        }
        return new Times(byKeys, streaming(measurements, provider, ref, streamings));
      } finally {
        provider.drop(ref);
      }
    }
  }

  /** Its rows are spread over the whole table; the log then holds their keys alone. */
  private static List<WrittenRows> experiment(
      PostgresBranchProvider provider, BranchRef ref, int changed) throws SQLException {
    try (Connection superuser = PostgresServer.superuser(ref.branchName())) {
      Sql.execute(superuser, "TRUNCATE offshoot_capture.log");
    }
    try (Connection branch = provider.openForExperiment(ref)) {
      branch.setAutoCommit(false);
      RowWatch watch = RowWatch.begin(branch);
      Sql.execute(
          branch,
          """
          UPDATE sales SET price = price + 1, version = version + 1 WHERE id IN (
            SELECT 1 + (g::bigint * 7919 * 104729) %% (SELECT max(id) FROM sales)
            FROM generate_series(1, %d) AS g)
          """
              .formatted(changed));
      watch.look(branch);
      branch.commit();
      return watch.writtenRows();
    }
  }

  private static List<Double> byKey(
      Measurements measurements,
      PostgresBranchProvider provider,
      BranchRef ref,
      List<WrittenRows> counted,
      int changed)
      throws Exception {
    int runs = changed < 10_000 ? 21 : measurements.quick() ? 1 : 3;
    List<Double> times = new ArrayList<>();
    try (Connection base = reading(provider.openBaseForReading(ref));
        Connection branch = reading(provider.openBranchForReading(ref))) {
      TableCatalog tables = TableCatalog.read(base);
      TablePair pair = pair(tables);
      for (int run = 0; run <= runs; run++) {
        long[] found = new long[1];
        double took =
            Measurements.millis(
                r -> {
                  Keys keys =
                      KeyLog.read(branch, tables, tables, counted).of(pair.branch()).orElseThrow();
                  if (!new TableSize(base, branch, pair).isFasterByKey(keys.most())) {
                    throw new IllegalStateException("would be streamed");
                  }
                  new TableComparison(base, branch, Progress.NONE)
                      .compare(pair, Optional.of(keys), change -> found[0]++);
                },
                run);
        if (found[0] == 0) {
          throw new IllegalStateException("found nothing");
        }
        if (run > 0) {
          times.add(took);
        }
      }
    }
    measurements.say(
        String.format(
            Locale.ROOT, "%,d changed rows by key: %.1f ms", changed, Measurements.median(times)));
    return times;
  }

  private static List<Double> streaming(
      Measurements measurements, PostgresBranchProvider provider, BranchRef ref, int runs)
      throws Exception {
    List<Double> times = new ArrayList<>();
    for (int run = 0; run < runs; run++) {
      try (Connection base = reading(provider.openBaseForReading(ref));
          Connection branch = reading(provider.openBranchForReading(ref))) {
        TablePair pair = pair(TableCatalog.read(base));
        TableComparison comparison = new TableComparison(base, branch, Progress.NONE);
        times.add(
            Measurements.millis(
                r -> comparison.compare(pair, Optional.empty(), change -> {}), run));
        measurements.say("streaming both tables: %.0f ms".formatted(times.get(run)));
      }
    }
    return times;
  }

  private static TablePair pair(TableCatalog tables) {
    Table table = tables.table(new TableName("public", "sales")).orElseThrow();
    return new TablePair(
        table, table, table.name(), table.writableColumns(), List.of(0), Set.of(), false);
  }

  private static Connection reading(Connection session) throws SQLException {
    SessionSettings.applyForReading(session);
    Sql.execute(session, "SET work_mem = '64MB'; SET jit = off");
    session.setAutoCommit(false);
    return session;
  }
}
