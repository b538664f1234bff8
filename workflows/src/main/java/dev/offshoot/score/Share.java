package dev.offshoot.score;

import java.util.Collection;
import java.util.function.Predicate;

/**
 * How many of how many.
 *
 * @param count those that it is said of
 * @param of all of them
 */
public record Share(int count, int of) {
  /** Error that the bound leaves: one in twenty. */
  private static final double ERROR = 0.05;

  /** Halvings of the interval from 0 to 1; more than a double can tell apart. */
  private static final int HALVINGS = 60;

  public Share {
    if (count < 0 || count > of) {
      throw new IllegalArgumentException("%d of %d".formatted(count, of));
    }
  }

  static <T> Share of(Collection<T> all, Predicate<T> said) {
    return new Share((int) all.stream().filter(said).count(), all.size());
  }

  /** From 0 to 1; 0 of none is 0. */
  public double rate() {
    return of == 0 ? 0 : (double) count / of;
  }

  /**
   * The rate that the truth does not exceed with 95 % confidence, were these a random sample: the
   * exact one-sided bound of Clopper and Pearson (1934), the rate at which so few would be seen
   * once in twenty times. 1 for none of none.
   */
  public double upperBound() {
    if (count == of) {
      return 1;
    }
    double low = rate();
    double high = 1;
    for (int i = 0; i < HALVINGS; i++) {
      double middle = (low + high) / 2;
      if (atMostThisMany(middle) > ERROR) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }

  /** Probability of at most {@code count} of {@code of} at the rate, above 0 and below 1. */
  private double atMostThisMany(double rate) {
    double logTerm = of * Math.log1p(-rate);
    double sum = Math.exp(logTerm);
    for (int k = 1; k <= count; k++) {
      logTerm += Math.log((double) (of - k + 1) / k) + Math.log(rate) - Math.log1p(-rate);
      sum += Math.exp(logTerm);
    }
    return sum;
  }
}
