package dev.offshoot.changelog;

import dev.offshoot.PostgresServer;
import dev.offshoot.TestParent;
import dev.offshoot.benchmark.Benchmark;
import dev.offshoot.benchmark.Measurements;
import dev.offshoot.benchmark.Measurements.Work;
import dev.offshoot.merge.Sales;
import dev.offshoot.sql.Sql;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.SQLException;

/** What an UPDATE costs where keys are captured beside the same where they are not. */
public final class CaptureBenchmark implements Benchmark {
  private static final int CHANGED = 100_000;

  @Override
  public void run(Measurements measurements) throws Exception {
    int rows = measurements.quick() ? 300_000 : 1_000_000;
    measurements.say("making two tables of %,d rows".formatted(rows));
    try (TestParent plain = PostgresServer.parent(Sales.TABLE);
        TestParent captured = PostgresServer.parent(Sales.TABLE)) {
      Sales.fill(plain, rows);
      Sales.fill(captured, rows);
      try (Connection owner = captured.ownerConnection()) {
        KeyCapture.install(owner, captured.database(), Progress.NONE);
      }
      measurements.ratio(
          "capture.update100k",
          1.5,
          measurements.quick() ? 1 : 8,
          new Update(plain),
          new Update(captured));
    }
  }

  /** Each run has rows of its own, which nobody has written before. */
  private record Update(TestParent parent) implements Work {
    @Override
    public void prepare(int run) throws SQLException {
      try (Connection superuser = PostgresServer.superuser("postgres")) {
        Sql.execute(superuser, "CHECKPOINT");
      }
    }

    @Override
    public void run(int run) throws SQLException {
      parent.execute(Sales.update(run * CHANGED + 1, CHANGED));
    }
  }
}
