package dev.offshoot.benchmark;

import dev.offshoot.PostgresServer;
import dev.offshoot.branch.BranchBenchmark;
import dev.offshoot.changelog.CaptureBenchmark;
import dev.offshoot.diff.DiffBenchmark;
import dev.offshoot.merge.MergeBenchmark;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** {@code benchmarks/run NAME [--quick]}. */
public final class Benchmarks {
  private static final Map<String, Benchmark> BY_NAME =
      new TreeMap<>(
          Map.of(
              "branch", new BranchBenchmark(),
              "capture", new CaptureBenchmark(),
              "diff", new DiffBenchmark(),
              "merge", new MergeBenchmark()));

  private Benchmarks() {}

  public static void main(String[] arguments) throws Exception {
    List<String> words = List.of(arguments);
    Benchmark benchmark = words.isEmpty() ? null : BY_NAME.get(words.get(0));
    boolean quick = words.equals(List.of(words.isEmpty() ? "" : words.get(0), "--quick"));
    if (benchmark == null || (words.size() > 1 && !quick)) {
      System.err.println(
          "usage: benchmarks/run " + String.join("|", BY_NAME.keySet()) + " [--quick]");
      System.exit(2);
    }
    System.setProperty(PostgresServer.DURABLE, "true");
    Measurements measurements = new Measurements(quick);
    benchmark.run(measurements);
    System.exit(measurements.print() ? 0 : 1);
  }
}
