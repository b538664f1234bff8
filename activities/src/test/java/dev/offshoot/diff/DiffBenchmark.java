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
import dev.offshoot.read.PageMeasurement;
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
 * and branch; the same in a table ten times as large; and reading pages of what was found.
 */
public final class DiffBenchmark implements Benchmark {
  @Override
  public void run(Measurements measurements) throws Exception {
    PageMeasurement.run(measurements);
    int rows = measurements.quick() ? 1_000_000 : 10_000_000;
    try (Branch small = new Branch(measurements, rows / 10);
        Branch large = new Branch(measurements, rows)) {
      Map<Integer, List<Double>> times = new TreeMap<>();
      for (int changed : List.of(10, 1_000)) {
        small.change(changed);
        large.change(changed);
        List<Double> took = new ArrayList<>();
        measurements.ratio(
            "diff." + changed + ".flat",
            1.5,
            measurements.quick() ? 5 : 21,
            run -> small.compareByKey(),
            run -> took.add(Measurements.millis(r -> large.compareByKey(), run)));
        times.put(changed, took);
      }
      large.change(100_000);
      List<Double> hundredThousand = new ArrayList<>();
      List<Double> streaming = new ArrayList<>();
      for (int run = 0; run < (measurements.quick() ? 1 : 2); run++) {
        hundredThousand.add(Measurements.millis(r -> large.compareByKey(), run));
        streaming.add(Measurements.millis(r -> large.compareAll(), run));
        measurements.say(
            "100,000 changed rows by key %.0f ms, streaming both tables %.0f ms"
                .formatted(hundredThousand.get(run), streaming.get(run)));
      }
      times.forEach(
          (changed, took) -> note(measurements, "diff." + changed, 0.01, took, streaming));
      note(measurements, "diff.100k", 0.2, hundredThousand, streaming);
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

  /** A branch of a parent with so many rows, and what an experiment changed there last. */
  private static final class Branch implements AutoCloseable {
    private final TestParent parent;
    private final PostgresBranchProvider provider;
    private final BranchRef ref;
    private final Connection base;
    private final Connection branch;
    private List<WrittenRows> counted = List.of();

    Branch(Measurements measurements, int rows) throws SQLException {
      measurements.say("making a table of %,d rows and a branch".formatted(rows));
      this.parent = PostgresServer.parent(Sales.TABLE);
      Sales.fill(parent, rows);
      this.provider = new PostgresBranchProvider(parent.config());
      this.ref = new BranchRef(new ExperimentId("bench" + rows), 1, parent.database());
      provider.create(ref, Instant.now().plus(Duration.ofHours(2)), Progress.NONE);
      this.base = reading(provider.openBaseForReading(ref));
      this.branch = reading(provider.openBranchForReading(ref));
    }

    void change(int changed) throws SQLException {
      base.rollback();
      branch.rollback();
      counted = experiment(provider, ref, changed);
    }

    void compareByKey() throws SQLException {
      TableCatalog tables = TableCatalog.read(base);
      TablePair pair = pair(tables);
      Keys keys = KeyLog.read(branch, tables, tables, counted).of(pair.branch()).orElseThrow();
      if (!new TableSize(base, branch, pair).isFasterByKey(keys.most())) {
        throw new IllegalStateException("would be streamed");
      }
      compare(pair, Optional.of(keys));
    }

    void compareAll() throws SQLException {
      compare(pair(TableCatalog.read(base)), Optional.empty());
    }

    private void compare(TablePair pair, Optional<Keys> keys) throws SQLException {
      long[] found = new long[1];
      new TableComparison(base, branch, Progress.NONE).compare(pair, keys, change -> found[0]++);
      if (found[0] == 0) {
        throw new IllegalStateException("found nothing");
      }
    }

    @Override
    public void close() throws SQLException {
      base.close();
      branch.close();
      provider.drop(ref);
      provider.close();
      parent.close();
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

  private static TablePair pair(TableCatalog tables) {
    Table table = tables.table(new TableName("public", "sales")).orElseThrow();
    return new TablePair(
        table, table, table.name(), table.writableColumns(), List.of(0), Set.of(), false, false);
  }

  private static Connection reading(Connection session) throws SQLException {
    SessionSettings.applyForReading(session);
    Sql.execute(session, "SET work_mem = '64MB'; SET jit = off");
    session.setAutoCommit(false);
    return session;
  }
}
