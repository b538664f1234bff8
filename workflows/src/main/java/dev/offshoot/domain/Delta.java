package dev.offshoot.domain;

import java.math.BigDecimal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What an update of a counter adds to it. */
public final class Delta {
  private Delta() {}

  /**
   * The difference with its sign, {@code +5}; empty if there is none because a value is null or no
   * finite number, so that the update stands for the value that it sets.
   */
  public static Optional<String> between(@Nullable String before, @Nullable String after) {
    if (before == null || after == null) {
      return Optional.empty();
    }
    try {
      BigDecimal difference = new BigDecimal(after).subtract(new BigDecimal(before));
      return Optional.of((difference.signum() < 0 ? "" : "+") + difference.toPlainString());
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
