package dev.offshoot.benchmark;

/** Something whose speed or size has a limit; lives in the package of what it measures. */
@FunctionalInterface
public interface Benchmark {
  /** Measures and notes every figure. */
  void run(Measurements measurements) throws Exception;
}
