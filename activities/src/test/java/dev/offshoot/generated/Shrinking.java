package dev.offshoot.generated;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes a failing case small: leaves out one statement after the other while it still fails. */
final class Shrinking {
  private final Stage stage;
  private final @Nullable PgDump pgDump;

  Shrinking(Stage stage, @Nullable PgDump pgDump) {
    this.stage = stage;
    this.pgDump = pgDump;
  }

  /** The smallest case found, as a case file, and what is wrong with it. */
  String report(Scenario failing, Play failed) {
    Scenario smallest = failing;
    Play play = failed;
    boolean smaller = true;
    while (smaller) {
      smaller = false;
      for (Scenario candidate : without(smallest)) {
        @Nullable Play again = played(candidate);
        if (again != null && !again.problems().isEmpty()) {
          smallest = candidate;
          play = again;
          smaller = true;
          break;
        }
      }
    }
    return "%s%n%s%nresult: %s%n%s%n"
        .formatted(
            "=".repeat(70),
            smallest.text(),
            String.join("\n  ", play.result().told()),
            String.join("\n", play.problems()));
  }

  private @Nullable Play played(Scenario scenario) {
    try {
      stage.clear();
      return Play.of(scenario, stage, pgDump);
    } catch (SQLException | RuntimeException e) {
      return null;
    }
  }

  private static List<Scenario> without(Scenario scenario) {
    List<Scenario> smaller = new ArrayList<>();
    each(scenario.parent(), scenario::withParent, smaller);
    each(scenario.experiment(), scenario::withExperiment, smaller);
    each(scenario.before(), scenario::withBefore, smaller);
    return smaller;
  }

  private static void each(
      List<String> statements, Function<List<String>, Scenario> with, List<Scenario> smaller) {
    for (int i = statements.size() - 1; i >= 0; i--) {
      List<String> fewer = new ArrayList<>(statements);
      fewer.remove(i);
      smaller.add(with.apply(fewer));
    }
  }
}
