package dev.offshoot.generated;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where sequences stand, as a dump tells it: a merge brings them forward and never back. */
final class Sequences {
  private static final Pattern LINE =
      Pattern.compile("sequence (.+) start=(-?\\d+) inc=(-?\\d+) last=(-?\\d*)");

  private record Stand(long increment, long value, boolean used) {
    boolean isBehind(Stand other) {
      return other.used && (!used || (increment > 0 ? value < other.value : value > other.value));
    }
  }

  private Sequences() {}

  /**
   * Sequences that a merge left behind the parent before it, or behind the branch where the
   * experiment has brought them forward.
   */
  static List<String> leftBehind(
      String base, String parentBefore, String branch, String parentAfter) {
    Map<String, Stand> began = read(base);
    Map<String, Stand> before = read(parentBefore);
    Map<String, Stand> wanted = read(branch);
    List<String> behind = new ArrayList<>();
    read(parentAfter)
        .forEach(
            (name, stand) -> {
              if (before.containsKey(name) && stand.isBehind(before.get(name))) {
                behind.add("sequence %s went back to %d".formatted(name, stand.value()));
              }
              boolean moved = wanted.containsKey(name) && !wanted.get(name).equals(began.get(name));
              if (moved && stand.isBehind(wanted.get(name))) {
                behind.add("sequence %s is behind the branch".formatted(name));
              }
            });
    return behind;
  }

  private static Map<String, Stand> read(String dump) {
    Map<String, Stand> stands = new TreeMap<>();
    dump.lines()
        .map(LINE::matcher)
        .filter(Matcher::matches)
        .forEach(
            line ->
                stands.put(
                    line.group(1),
                    new Stand(
                        Long.parseLong(line.group(3)),
                        line.group(4).isEmpty() ? 0 : Long.parseLong(line.group(4)),
                        !line.group(4).isEmpty())));
    return stands;
  }
}
