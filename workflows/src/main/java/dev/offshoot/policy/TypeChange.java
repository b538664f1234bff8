package dev.offshoot.policy;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A column's type before and after, as the server prints them.
 *
 * @param before type at the branch point
 * @param after type in the branch
 */
record TypeChange(String before, String after) {
  private static final Pattern NAME_AND_SIZE =
      Pattern.compile("([^(]+?)\\s*(?:\\(([0-9, -]+)\\))?( with(?:out)? time zone)?");

  /** Types that hold every value of another, whatever its size. */
  private static final Map<String, Set<String>> HELD_BY =
      Map.of(
          "smallint", Set.of("integer", "bigint", "numeric", "real", "double precision"),
          "integer", Set.of("bigint", "numeric", "double precision"),
          "bigint", Set.of("numeric"),
          "real", Set.of("double precision"),
          "character varying", Set.of("text"),
          "cidr", Set.of("inet"),
          "macaddr", Set.of("macaddr8"));

  private static final Set<String> SIZED = Set.of("character varying", "bit varying", "numeric");

  /**
   * @param name without size
   * @param sizes length, or precision and scale; empty for as many as there may be
   */
  private record Sized(String name, List<Integer> sizes) {
    static Sized of(String type) {
      Matcher matcher = NAME_AND_SIZE.matcher(type.strip().toLowerCase(Locale.ROOT));
      if (!matcher.matches()) {
        return new Sized(type, List.of());
      }
      String zone = matcher.group(3) == null ? "" : matcher.group(3);
      List<Integer> sizes =
          matcher.group(2) == null
              ? List.of()
              : Pattern.compile("\\s*,\\s*")
                  .splitAsStream(matcher.group(2).strip())
                  .map(Integer::valueOf)
                  .toList();
      return new Sized(matcher.group(1) + zone, sizes);
    }

    /** Whether a value of {@code other}, which has the same name, fits. */
    boolean holds(Sized other) {
      if (sizes.isEmpty() || other.equals(this)) {
        return true;
      }
      if (other.sizes.isEmpty() || !SIZED.contains(name)) {
        return false;
      }
      int scale = scale();
      return scale >= other.scale() && sizes.get(0) - scale >= other.sizes.get(0) - other.scale();
    }

    private int scale() {
      return sizes.size() > 1 ? sizes.get(1) : 0;
    }
  }

  /** Whether some value may be lost; in doubt it may. */
  boolean narrows() {
    Sized was = Sized.of(before);
    Sized is = Sized.of(after);
    if (was.name().equals(is.name())) {
      return !is.holds(was);
    }
    return !is.sizes().isEmpty() || !HELD_BY.getOrDefault(was.name(), Set.of()).contains(is.name());
  }
}
