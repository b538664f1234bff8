package dev.offshoot.workflow;

import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ShownText;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The memo that a client may give an experiment at its start, so that lists can show what no search
 * attribute holds. Clients in other languages may leave it out.
 */
public final class ExperimentMemo {
  public static final String GOAL = "offshootGoal";
  public static final String REQUESTED_BY = "offshootRequestedBy";

  private static final int MOST_VALUE = 500;

  private ExperimentMemo() {}

  /** For whoever starts {@code spec}. */
  public static Map<String, Object> of(ExperimentSpec spec) {
    return Map.of(GOAL, shown(spec.goal()), REQUESTED_BY, shown(spec.requestedBy()));
  }

  private static String shown(@Nullable String text) {
    return text == null || text.isBlank() ? "(none)" : ShownText.oneLine(text, MOST_VALUE);
  }
}
