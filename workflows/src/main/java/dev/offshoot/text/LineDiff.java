package dev.offshoot.text;

import java.util.ArrayList;
import java.util.List;

/** What changed between two texts of several lines, with a little of what stayed around it. */
final class LineDiff {
  private static final int CONTEXT = 2;

  /** Beyond so many pairs of lines everything counts as changed. */
  private static final long MOST_PAIRS = 4_000_000;

  private LineDiff() {}

  /**
   * @param sign as in {@link DiffLine}
   * @param text the line as it was given
   */
  record Line(char sign, String text) {}

  /** Old and new lines in order; runs of unchanged ones are cut to a line of {@code …}. */
  static List<Line> between(List<String> before, List<String> after) {
    return withoutWhatStayed(all(before, after));
  }

  private static List<Line> all(List<String> before, List<String> after) {
    int same = 0;
    int shorter = Math.min(before.size(), after.size());
    while (same < shorter && before.get(same).equals(after.get(same))) {
      same++;
    }
    int tail = 0;
    while (tail < shorter - same
        && before.get(before.size() - 1 - tail).equals(after.get(after.size() - 1 - tail))) {
      tail++;
    }
    List<Line> lines = new ArrayList<>();
    before.subList(0, same).forEach(line -> lines.add(new Line(' ', line)));
    middle(
        before.subList(same, before.size() - tail),
        after.subList(same, after.size() - tail),
        lines);
    before
        .subList(before.size() - tail, before.size())
        .forEach(line -> lines.add(new Line(' ', line)));
    return lines;
  }

  /** Along a longest common subsequence. */
  private static void middle(List<String> before, List<String> after, List<Line> lines) {
    int[][] longest = longest(before, after);
    int i = 0;
    int j = 0;
    while (i < before.size() || j < after.size()) {
      boolean bothLeft = i < before.size() && j < after.size();
      if (bothLeft && longest.length > 0 && before.get(i).equals(after.get(j))) {
        lines.add(new Line(' ', before.get(i)));
        i++;
        j++;
      } else if (i < before.size()
          && (j == after.size() || longest.length == 0 || longest[i + 1][j] >= longest[i][j + 1])) {
        lines.add(new Line('-', before.get(i++)));
      } else {
        lines.add(new Line('+', after.get(j++)));
      }
    }
  }

  /** Lengths of common subsequences from each pair of lines on; empty if there are too many. */
  private static int[][] longest(List<String> before, List<String> after) {
    if ((long) before.size() * after.size() > MOST_PAIRS) {
      return new int[0][0];
    }
    int[][] longest = new int[before.size() + 1][after.size() + 1];
    for (int i = before.size() - 1; i >= 0; i--) {
      for (int j = after.size() - 1; j >= 0; j--) {
        longest[i][j] =
            before.get(i).equals(after.get(j))
                ? longest[i + 1][j + 1] + 1
                : Math.max(longest[i + 1][j], longest[i][j + 1]);
      }
    }
    return longest;
  }

  private static List<Line> withoutWhatStayed(List<Line> all) {
    List<Line> shown = new ArrayList<>();
    int skipped = 0;
    for (int i = 0; i < all.size(); i++) {
      if (isNearChange(all, i)) {
        if (skipped > 0) {
          shown.add(new Line(' ', "…"));
        }
        skipped = 0;
        shown.add(all.get(i));
      } else {
        skipped++;
      }
    }
    if (skipped > 0) {
      shown.add(new Line(' ', "…"));
    }
    return shown;
  }

  private static boolean isNearChange(List<Line> all, int at) {
    for (int i = Math.max(0, at - CONTEXT); i <= Math.min(all.size() - 1, at + CONTEXT); i++) {
      if (all.get(i).sign() != ' ') {
        return true;
      }
    }
    return false;
  }
}
