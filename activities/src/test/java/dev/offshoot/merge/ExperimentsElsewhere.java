package dev.offshoot.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.StepByStep;
import dev.offshoot.activity.ParentActivities;
import dev.offshoot.activity.ParentActivities.RefreshSource;
import dev.offshoot.branch.ParentConfig;
import dev.offshoot.domain.BranchInfo;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ExperimentSpecBuilder;
import dev.offshoot.domain.MergeResult;
import java.sql.SQLException;
import java.util.function.UnaryOperator;

/** Experiments on branches of a source copy on another server, step by step as a worker does. */
final class ExperimentsElsewhere implements AutoCloseable {
  private final ParentConfig config;
  private final StepByStep steps;

  ExperimentsElsewhere(ParentConfig config) throws SQLException {
    this.config = config;
    this.steps = StepByStep.on(config);
  }

  void refreshSource() {
    var unused =
        steps.steps(ParentActivities.class).refreshSource(new RefreshSource(config.name()));
  }

  /** From branch to merge; nothing is left of the branch. */
  MergeResult merge(String id, String script) {
    return merge(id, script, spec -> spec);
  }

  MergeResult merge(String id, String script, UnaryOperator<ExperimentSpecBuilder> details) {
    BranchRef branch = steps.ref(id);
    ExperimentSpec spec = details.apply(steps.spec().script(script)).build();
    BranchInfo info = steps.create(branch, spec);
    assertThat(info.source().refreshedAt()).isEqualTo(info.branchPoint());
    ChangeSummary changes = steps.runAndDrop(branch, spec);
    return steps.merge(branch, changes.digest(), spec.strictness());
  }

  @Override
  public void close() {
    steps.close();
  }
}
