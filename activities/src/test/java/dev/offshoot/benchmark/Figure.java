package dev.offshoot.benchmark;

import java.util.Locale;

/**
 * One measured figure against its limit.
 *
 * @param name by which the documentation knows it, {@code merge.100k}
 * @param value the median: a ratio to the baseline, or MB
 * @param limit the most that the value may be
 * @param runs how many times it was measured
 * @param min the smallest of these
 * @param max the largest
 */
public record Figure(String name, double value, double limit, int runs, double min, double max) {

  public boolean ok() {
    return value <= limit;
  }

  /** One line for machines. */
  public String json() {
    return String.format(
        Locale.ROOT,
        "{\"figure\":\"%s\",\"value\":%.3f,\"limit\":%.3f,\"ok\":%b,\"runs\":%d,\"min\":%.3f,\"max\":%.3f}",
        name,
        value,
        limit,
        ok(),
        runs,
        min,
        max);
  }
}
