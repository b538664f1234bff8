package dev.offshoot.merge;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.offshoot.PostgresServer;
import dev.offshoot.benchmark.Benchmark;
import dev.offshoot.benchmark.Figure;
import dev.offshoot.benchmark.Measurements;
import dev.offshoot.benchmark.Measurements.Work;
import dev.offshoot.domain.MergeResult;
import dev.offshoot.domain.Strictness;
import dev.offshoot.ledger.ChangeSet;
import dev.offshoot.ledger.ChangeSetStore;
import dev.offshoot.ledger.Ledger;
import dev.offshoot.sql.Sql;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;

/** What a merge costs beside the same rows written by one hand-written UPDATE. */
public final class MergeBenchmark implements Benchmark {
  private static final int CHANGED = 100_000;

  @Override
  public void run(Measurements measurements) throws Exception {
    HikariConfig pool = new HikariConfig();
    DataSource fresh = PostgresServer.freshLedger();
    pool.setDataSource(fresh);
    try (HikariDataSource database = new HikariDataSource(pool)) {
      Ledger ledger = new Ledger(database);
      ledger.migrate();
      ChangeSetStore store = ledger.changeSets();
      if (measurements.quick()) {
        merges(measurements, store, "merge.100k", 400_000, 1);
      } else {
        // A worker runs for weeks; its first merges, before its code is compiled, are not the
        // measure.
        merges(measurements, store, "merge.100k.of10m", 10_000_000, 5);
        merges(measurements, store, "merge.100k", 1_000_000, 4);
      }
      smallHeap(measurements, store, fresh, measurements.quick() ? 100_000 : 1_000_000);
    }
  }

  private static void merges(
      Measurements measurements, ChangeSetStore store, String figure, int rows, int runs)
      throws Exception {
    measurements.say("making a table of %,d rows".formatted(rows));
    try (Merging merging = Merging.into(Sales.TABLE, store)) {
      Sales.fill(merging.parent, rows);
      measurements.ratio(figure, 2.0, runs, new ByHand(merging), new ByMerge(merging));
    }
  }

  private static void smallHeap(
      Measurements measurements, ChangeSetStore store, DataSource ledger, int rows)
      throws Exception {
    measurements.say("making a change set of %,d rows".formatted(rows));
    try (Merging merging = Merging.into(Sales.TABLE, store)) {
      Sales.fill(merging.parent, rows);
      int peak = SmallHeap.merge(ledger, merging, Sales.changeSet(merging, 1, rows), rows);
      measurements.note(
          new Figure("merge.heap", peak, SmallHeap.MEGABYTES, 1, peak, peak),
          "",
          "%,d rows".formatted(rows));
    }
  }

  /** Each run has rows of its own, which nobody has written before. */
  private static int firstRow(int run, boolean merge) {
    return (2 * run + (merge ? 1 : 0)) * CHANGED + 1;
  }

  private static void checkpoint() throws SQLException {
    try (Connection superuser = PostgresServer.superuser("postgres")) {
      Sql.execute(superuser, "CHECKPOINT");
    }
  }

  private record ByHand(Merging merging) implements Work {
    @Override
    public void prepare(int run) throws SQLException {
      checkpoint();
    }

    @Override
    public void run(int run) throws SQLException {
      merging.parent.execute(Sales.update(firstRow(run, false), CHANGED));
    }
  }

  private static final class ByMerge implements Work {
    private final Merging merging;
    private ChangeSet changeSet;

    ByMerge(Merging merging) {
      this.merging = merging;
    }

    @Override
    public void prepare(int run) throws SQLException {
      changeSet = Sales.changeSet(merging, firstRow(run, true), CHANGED);
      checkpoint();
    }

    @Override
    public void run(int run) {
      MergeResult result =
          merging.merge(
              merging.request("e" + run, changeSet, Strictness.ROW, List.of()), Progress.NONE);
      if (result.report() == null || result.report().updated() != CHANGED) {
        throw new IllegalStateException("not merged: " + result);
      }
    }
  }
}
