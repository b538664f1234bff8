package dev.offshoot.benchmark;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** The figures of one benchmark. Says on stderr how far it is. For one thread. */
public final class Measurements {
  /** Work whose time is measured, told which run it is for, from 0 (which is to warm up). */
  @FunctionalInterface
  public interface Work {
    /** What comes before and is not measured. */
    default void prepare(int run) throws Exception {}

    void run(int run) throws Exception;
  }

  private final boolean quick;
  private final List<Figure> figures = new ArrayList<>();
  private final List<String> rows = new ArrayList<>();

  Measurements(boolean quick) {
    this.quick = quick;
  }

  /** Whether somebody only wants to see it work: smaller tables, fewer runs. */
  public boolean quick() {
    return quick;
  }

  /** Says what is going on. */
  public void say(String what) {
    System.err.println(what);
  }

  /**
   * Runs baseline and subject by turns, once to warm up and then {@code runs} times, and notes the
   * median of the ratios of neighbours, which a machine that is busy with other things changes
   * least.
   *
   * @param limit most that the subject may take, in times of the baseline
   */
  public void ratio(String name, double limit, int runs, Work baseline, Work subject)
      throws Exception {
    List<Double> baselines = new ArrayList<>();
    List<Double> subjects = new ArrayList<>();
    List<Double> ratios = new ArrayList<>();
    for (int run = 0; run <= runs; run++) {
      double of = millis(baseline, run);
      double took = millis(subject, run);
      say(
          String.format(
              Locale.ROOT,
              "%s %s: baseline %.0f ms, subject %.0f ms, %.2fx",
              name,
              run == 0 ? "warm-up" : "run " + run,
              of,
              took,
              took / of));
      if (run > 0) {
        baselines.add(of);
        subjects.add(took);
        ratios.add(took / of);
      }
    }
    note(
        new Figure(
            name, median(ratios), limit, runs, Collections.min(ratios), Collections.max(ratios)),
        String.format(Locale.ROOT, "%.1f ms", median(baselines)),
        String.format(Locale.ROOT, "%.1f ms", median(subjects)));
  }

  /** Notes a figure that was measured in another way, with a baseline and subject for people. */
  public void note(Figure figure, String baseline, String subject) {
    figures.add(figure);
    rows.add(
        String.format(
            Locale.ROOT,
            "%-28s %14s %14s %9.2f %9.2f %9.2f %9s  %s",
            figure.name(),
            baseline,
            subject,
            figure.value(),
            figure.min(),
            figure.max(),
            figure.hasLimit() ? String.format(Locale.ROOT, "%.2f", figure.limit()) : "",
            figure.hasLimit() ? (figure.ok() ? "ok" : "OVER") : ""));
  }

  /** How long {@code work} takes, without its preparation. */
  public static double millis(Work work, int run) throws Exception {
    work.prepare(run);
    long from = System.nanoTime();
    work.run(run);
    return (System.nanoTime() - from) / (double) TimeUnit.MILLISECONDS.toNanos(1);
  }

  /** The middle one, or the mean of the two in the middle. */
  public static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int half = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(half)
        : (sorted.get(half - 1) + sorted.get(half)) / 2;
  }

  /** A table for people, then a line of JSON for each figure; whether all are within limits. */
  boolean print() {
    System.out.printf(
        Locale.ROOT,
        "%-28s %14s %14s %9s %9s %9s %9s%n",
        "figure",
        "baseline",
        "subject",
        "value",
        "min",
        "max",
        "limit");
    rows.forEach(System.out::println);
    System.out.println();
    figures.forEach(figure -> System.out.println(figure.json()));
    return figures.stream().allMatch(Figure::ok);
  }
}
