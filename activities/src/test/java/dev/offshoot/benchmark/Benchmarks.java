package dev.offshoot.benchmark;

import dev.offshoot.PostgresServer;
import dev.offshoot.branch.BranchBenchmark;
import dev.offshoot.changelog.CaptureBenchmark;
import dev.offshoot.diff.DiffBenchmark;
import dev.offshoot.merge.MergeBenchmark;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** {@code benchmarks/run NAME [--quick]}. */
public final class Benchmarks {
  private static final Map<String, Benchmark> BY_NAME =
      Map.of(
          "branch", new BranchBenchmark(),
          "capture", new CaptureBenchmark(),
          "diff", new DiffBenchmark(),
          "merge", new MergeBenchmark());

  private Benchmarks() {}

  public static void main(String[] arguments) throws Exception {
    System.setProperty(PostgresServer.DURABLE, "true");
    run(BY_NAME, arguments);
  }

  /**
   * Runs the one that the first argument names, prints its figures, and ends the program: with 1 if
   * one is over its limit, with 2 if the arguments are wrong.
   */
  public static void run(Map<String, Benchmark> byName, String[] arguments) throws Exception {
    List<String> words = List.of(arguments);
    Benchmark benchmark = words.isEmpty() ? null : byName.get(words.get(0));
    boolean quick = words.equals(List.of(words.isEmpty() ? "" : words.get(0), "--quick"));
    if (benchmark == null || (words.size() > 1 && !quick)) {
      System.err.println(
          "usage: benchmarks/run "
              + String.join("|", new TreeSet<>(byName.keySet()))
              + " [--quick]");
      System.exit(2);
    }
    Measurements measurements = new Measurements(quick);
    benchmark.run(measurements);
    System.exit(measurements.print() ? 0 : 1);
  }
}
