package dev.offshoot.text;

import dev.offshoot.text.ShownValue.Change;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Values of pgvector's types {@code vector} and {@code halfvec}. Nobody reads a thousand numbers:
 * of a long one the first few are shown and how many there are, of two how far they are apart.
 */
public final class Embedding {
  private static final Pattern TYPE =
      Pattern.compile("(?:(?:\\w+|\"(?:[^\"]|\"\")+\")\\.)?(?:vector|halfvec)(?:\\(\\d+\\))?");

  /** As the server prints them; what is no such text is no embedding. */
  private static final Pattern TEXT =
      Pattern.compile("\\[[-+.\\deE]{1,30}(?:,[-+.\\deE]{1,30}){0,16000}+]");

  private static final int SHOWN = 4;

  /** Below that all of it is shown. */
  private static final int LONG = 8;

  private Embedding() {}

  /** A long one; empty for a short one, and for what is none. */
  public static Optional<String> of(String type, @Nullable String value) {
    return numbers(type, value).filter(numbers -> numbers.length > LONG).map(Embedding::shown);
  }

  /** Two long ones of equally many numbers, the second with its distance from the first. */
  public static Optional<Change> change(
      String type, @Nullable String before, @Nullable String after) {
    Optional<double[]> old = numbers(type, before);
    Optional<double[]> now = numbers(type, after);
    if (old.isEmpty() || now.isEmpty() || now.get().length <= LONG) {
      return Optional.empty();
    }
    double[] a = old.get();
    double[] b = now.get();
    return a.length != b.length
        ? Optional.of(new Change(shown(a), shown(b)))
        : Optional.of(new Change(shown(a), shown(b) + ", " + distance(a, b)));
  }

  /** Cosine distance as pgvector's operator has it, and the Euclidean one, which sees lengths. */
  private static String distance(double[] a, double[] b) {
    double product = 0;
    double lengthOfA = 0;
    double lengthOfB = 0;
    double squares = 0;
    for (int i = 0; i < a.length; i++) {
      product += a[i] * b[i];
      lengthOfA += a[i] * a[i];
      lengthOfB += b[i] * b[i];
      squares += (a[i] - b[i]) * (a[i] - b[i]);
    }
    String euclidean = "Euclidean distance " + rounded(Math.sqrt(squares));
    return lengthOfA == 0 || lengthOfB == 0
        ? euclidean
        : "cosine distance %s, %s"
            .formatted(
                rounded(Math.max(0, 1 - product / Math.sqrt(lengthOfA * lengthOfB))), euclidean);
  }

  private static String shown(double[] numbers) {
    StringBuilder text = new StringBuilder("[");
    for (int i = 0; i < SHOWN; i++) {
      text.append(rounded(numbers[i])).append(", ");
    }
    return text.append("…] (").append(numbers.length).append(" numbers)").toString();
  }

  private static String rounded(double number) {
    return number == 0 ? "0" : String.format(Locale.ROOT, "%.3g", number);
  }

  private static Optional<double[]> numbers(String type, @Nullable String value) {
    if (value == null || !TYPE.matcher(type).matches() || !TEXT.matcher(value).matches()) {
      return Optional.empty();
    }
    String[] parts = value.substring(1, value.length() - 1).split(",", -1);
    double[] numbers = new double[parts.length];
    try {
      for (int i = 0; i < parts.length; i++) {
        numbers[i] = Double.parseDouble(parts[i]);
      }
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
    return Optional.of(numbers);
  }
}
