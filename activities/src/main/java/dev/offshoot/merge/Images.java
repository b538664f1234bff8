package dev.offshoot.merge;

import dev.offshoot.sql.PrintedValues;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * SQL expressions that compare values by what the server prints and never by their own operators,
 * for which 1.0 and 1.00 are equal, and which an experiment may have made.
 *
 * <p>Comparisons are to be run under {@code search_path = pg_catalog}; {@link #text} and {@link
 * #array} hold under any.
 */
final class Images {
  private Images() {}

  /** See {@link PrintedValues#text}. */
  static String text(String x) {
    return PrintedValues.text(x);
  }

  static String same(String x, String y) {
    return text(x) + " IS NOT DISTINCT FROM " + text(y);
  }

  /**
   * Whether all values print alike. The binary comparison is a short cut: what is stored alike
   * prints alike.
   */
  static String allSame(List<String> xs, List<String> ys) {
    if (xs.isEmpty()) {
      return "true";
    }
    List<String> each = new ArrayList<>();
    for (int i = 0; i < xs.size(); i++) {
      each.add(same(xs.get(i), ys.get(i)));
    }
    return "(%s OR (%s))".formatted(storedAlike(xs, ys), String.join(" AND ", each));
  }

  /**
   * The same as {@link #allSame} under any search path. A little slower where values are not stored
   * alike.
   */
  static String allIdentical(List<String> xs, List<String> ys) {
    if (xs.isEmpty()) {
      return "true";
    }
    return "(%s OR %s)".formatted(storedAlike(xs, ys), printedAlike(xs, ys));
  }

  /**
   * The same, told faster where types compare plainly.
   *
   * @param types of the values, as {@link PlainEquality#of} knows them
   */
  static String allIdentical(List<String> types, List<String> xs, List<String> ys) {
    List<String> alike = new ArrayList<>();
    List<String> otherXs = new ArrayList<>();
    List<String> otherYs = new ArrayList<>();
    for (int i = 0; i < xs.size(); i++) {
      Optional<PlainEquality> plain = PlainEquality.of(types.get(i));
      if (plain.isPresent()) {
        alike.add(plain.get().alike(xs.get(i), ys.get(i)));
      } else {
        otherXs.add(xs.get(i));
        otherYs.add(ys.get(i));
      }
    }
    if (alike.isEmpty()) {
      return allIdentical(xs, ys);
    }
    if (!otherXs.isEmpty()) {
      alike.add(storedAlike(otherXs, otherYs));
    }
    return "(%s OR %s)".formatted(String.join(" AND ", alike), printedAlike(xs, ys));
  }

  private static String printedAlike(List<String> xs, List<String> ys) {
    return storedAlike(
        xs.stream().map(Images::text).toList(), ys.stream().map(Images::text).toList());
  }

  /** Whether all values are stored alike, nulls too; holds under any search path. */
  private static String storedAlike(List<String> xs, List<String> ys) {
    return "pg_catalog.record_image_eq(ROW(%s), ROW(%s))"
        .formatted(String.join(", ", xs), String.join(", ", ys));
  }

  /** See {@link PrintedValues#array}. */
  static String array(List<String> xs) {
    return PrintedValues.array(xs);
  }
}
