package dev.offshoot.evaluation;

import dev.offshoot.activity.DiffActivities.ComputeDiff;
import dev.offshoot.activity.ExperimentActivities.RunExperiment;
import dev.offshoot.activity.JudgeActivities.JudgeRequest;
import dev.offshoot.branch.ParentConfig;
import dev.offshoot.branch.Parents;
import dev.offshoot.branch.PostgresBranchProvider;
import dev.offshoot.diff.DiffSteps;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentReport;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.experiment.ExperimentSteps;
import dev.offshoot.ledger.ChangeSetStore;
import dev.offshoot.sql.Sql;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A parent, and what is needed to run experiments on branches of it. Thread-safe. */
final class Ground implements AutoCloseable {
  private static final String TABLES =
      """
      SELECT c.relname FROM pg_catalog.pg_class c
      WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::pg_catalog.regnamespace
      ORDER BY c.relname
      """;

  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final ParentConfig config;
  private final PostgresBranchProvider provider;
  private final ExperimentSteps experiments;
  private final DiffSteps diffs;

  Ground(ParentConfig config, ChangeSetStore changeSets) {
    this.config = config;
    this.provider = new PostgresBranchProvider(config);
    Parents parents = new Parents(List.of(new Parents.Parent(config, provider)));
    this.experiments = new ExperimentSteps(parents);
    this.diffs = new DiffSteps(parents, changeSets);
  }

  ParentConfig config() {
    return config;
  }

  /** Names of the parent's tables. */
  List<String> tables() {
    try (Connection parent = provider.openParent()) {
      return Sql.list(parent, TABLES, row -> row.getString(1));
    } catch (SQLException e) {
      throw new OffshootException(ErrorCode.INTERNAL, "the parent's tables cannot be read", e);
    }
  }

  /**
   * What a judge is asked about, once the experiment has run on a branch of its own; the branch is
   * gone then.
   *
   * @throws OffshootException if it does not come as far as a review
   */
  JudgeRequest run(ExperimentSpec spec) {
    BranchRef branch =
        new BranchRef(new ExperimentId("case-" + NUMBER.incrementAndGet()), 1, config.name());
    try {
      var unused = provider.create(branch, Instant.now().plus(Duration.ofHours(1)), Progress.NONE);
      ExperimentReport report = experiments.run(new RunExperiment(branch, spec), Progress.NONE);
      ChangeSummary changes = diffs.compute(new ComputeDiff(branch, spec, report), Progress.NONE);
      return new JudgeRequest(spec, report, changes, 0);
    } finally {
      provider.drop(branch);
    }
  }

  @Override
  public void close() {
    provider.close();
  }
}
