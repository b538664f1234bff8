package dev.offshoot.worker.crash;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What became of the experiments that were begun among kills. Thread-safe. */
final class Tally {
  private final Aftermath aftermath;
  private final Map<String, Integer> outcomes = new TreeMap<>();
  private final List<String> problems = new ArrayList<>();
  private int experiments;
  private int lost;
  private int mergedTwice;

  Tally(Aftermath aftermath) {
    this.aftermath = aftermath;
  }

  /** The number of another one that begins. */
  synchronized int begun() {
    return ++experiments;
  }

  /** Looks at what an experiment left, however it ended. */
  synchronized void ended(Trial trial, String how) throws SQLException {
    boolean asItMust = trial.kind().outcome().name().equals(how);
    outcomes.merge(asItMust ? how : "FAILED", 1, Integer::sum);
    List<String> wrong = asItMust ? aftermath.ofEnded(trial) : aftermath.ofFailed(trial);
    if (!wrong.isEmpty()) {
      wrong.forEach(System.out::println);
      System.out.println(trial + " ended as " + how);
      problems.addAll(wrong);
      boolean twice = wrong.stream().anyMatch(problem -> problem.contains(": 2 receipts"));
      mergedTwice += twice ? 1 : 0;
      lost += twice ? 0 : 1;
    } else if (!asItMust) {
      System.out.println(trial + " ended as " + how);
    }
  }

  synchronized void doesNotEnd(Trial trial) {
    lost++;
    problems.add(trial + " does not end");
  }

  synchronized List<String> problems() {
    return List.copyOf(problems);
  }

  synchronized String line(int kills, int left, long seed) {
    return "%d kills, %d experiments, %s, %d lost, %d merged twice, %d left behind, seed %d"
        .formatted(kills, experiments, outcomes, lost, mergedTwice, left, seed);
  }
}
