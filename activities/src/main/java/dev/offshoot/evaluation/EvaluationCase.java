package dev.offshoot.evaluation;

import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.Hazard;
import dev.offshoot.score.CaseLabel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A labelled experiment.
 *
 * @param name file and name, unique in a folder
 * @param label what it is
 * @param hazards that the policy must raise; it may raise more
 * @param refused why it must not come as far as a review; absent if it must
 * @param spec what the agent asks for
 */
record EvaluationCase(
    String name,
    CaseLabel label,
    List<Hazard> hazards,
    @Nullable ErrorCode refused,
    ExperimentSpec spec) {

  /** The same asked for in other words. */
  EvaluationCase asking(ExperimentSpec other) {
    return new EvaluationCase(name, label, hazards, refused, other);
  }
}
