package dev.offshoot.worker.benchmark;

import dev.offshoot.benchmark.Benchmarks;
import dev.offshoot.worker.stack.TemporalProgram;
import java.util.Map;

/** {@code benchmarks/run NAME [--quick]}, of those that need worker and Temporal. */
public final class LoadBenchmarks {
  private LoadBenchmarks() {}

  public static void main(String[] arguments) throws Exception {
    if (TemporalProgram.find().isEmpty()) {
      System.err.println(
          "this needs the temporal program, which is neither on the PATH nor in ~/go/bin: ./offshoot up says how to get it");
      System.exit(2);
    }
    Benchmarks.run(
        Map.of(
            "parked", new ParkedBenchmark(),
            "path", new PathBenchmark(),
            "session", new SessionBenchmark()),
        arguments);
  }
}
