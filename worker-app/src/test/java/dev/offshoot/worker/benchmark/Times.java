package dev.offshoot.worker.benchmark;

import dev.offshoot.benchmark.Figure;
import dev.offshoot.benchmark.Measurements;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** How long each of many equal pieces of work took, in milliseconds. Thread-safe. */
final class Times {
  private final List<Double> millis = Collections.synchronizedList(new ArrayList<>());

  void add(double took) {
    millis.add(took);
  }

  /** The smallest time within which that share of them was done, from 0 to 1. */
  double quantile(double share) {
    List<Double> sorted = sorted();
    int place = (int) Math.ceil(share * sorted.size()) - 1;
    return sorted.get(Math.max(0, place));
  }

  double p50() {
    return quantile(0.5);
  }

  /** In the order in which they were added. */
  List<Double> each() {
    synchronized (millis) {
      return List.copyOf(millis);
    }
  }

  private List<Double> sorted() {
    return each().stream().sorted().toList();
  }

  /** Notes {@code NAME.p50}, {@code .p95} and {@code .p99}, which have no limits of their own. */
  void note(Measurements measurements, String name) {
    List<Double> sorted = sorted();
    double min = sorted.get(0);
    double max = sorted.get(sorted.size() - 1);
    for (int percent : new int[] {50, 95, 99}) {
      double value = quantile(percent / 100.0);
      measurements.note(
          Figure.told(name + ".p" + percent, value, sorted.size(), min, max),
          "",
          String.format(Locale.ROOT, "%.1f ms", value));
    }
  }
}
