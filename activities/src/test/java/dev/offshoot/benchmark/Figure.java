package dev.offshoot.benchmark;

import java.util.Locale;

/**
 * One measured figure, against its limit if it has one.
 *
 * @param name by which the documentation knows it, {@code merge.100k}
 * @param value the median: a ratio to the baseline, or in the unit that the documentation says
 * @param limit the most that the value may be; infinite where it is only told
 * @param runs how many times it was measured
 * @param min the smallest of these
 * @param max the largest
 */
public record Figure(String name, double value, double limit, int runs, double min, double max) {

  /** One without a limit, for people to compare. */
  public static Figure told(String name, double value, int runs, double min, double max) {
    return new Figure(name, value, Double.POSITIVE_INFINITY, runs, min, max);
  }

  boolean hasLimit() {
    return limit < Double.POSITIVE_INFINITY;
  }

  public boolean ok() {
    return value <= limit;
  }

  /** One line for machines. */
  public String json() {
    return String.format(
        Locale.ROOT,
        "{\"figure\":\"%s\",\"value\":%.3f,\"limit\":%s,\"ok\":%b,\"runs\":%d,\"min\":%.3f,\"max\":%.3f}",
        name,
        value,
        hasLimit() ? String.format(Locale.ROOT, "%.3f", limit) : "null",
        ok(),
        runs,
        min,
        max);
  }
}
