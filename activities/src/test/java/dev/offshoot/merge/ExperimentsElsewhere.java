package dev.offshoot.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.PostgresServer;
import dev.offshoot.activity.BranchActivities;
import dev.offshoot.activity.BranchActivities.CreateBranch;
import dev.offshoot.activity.BranchActivities.DropBranch;
import dev.offshoot.activity.DiffActivities;
import dev.offshoot.activity.DiffActivities.ComputeDiff;
import dev.offshoot.activity.ExperimentActivities;
import dev.offshoot.activity.ExperimentActivities.RunExperiment;
import dev.offshoot.activity.MergeActivities;
import dev.offshoot.activity.MergeActivities.MergeRequest;
import dev.offshoot.activity.ParentActivities;
import dev.offshoot.activity.ParentActivities.RefreshSource;
import dev.offshoot.branch.BranchSteps;
import dev.offshoot.branch.ParentConfig;
import dev.offshoot.branch.ParentSteps;
import dev.offshoot.branch.Parents;
import dev.offshoot.branch.PostgresBranchProvider;
import dev.offshoot.diff.DiffSteps;
import dev.offshoot.domain.BranchInfo;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.Decision;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentReport;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ExperimentSpecBuilder;
import dev.offshoot.domain.MergeResult;
import dev.offshoot.experiment.ExperimentSteps;
import dev.offshoot.ledger.Ledger;
import dev.offshoot.workflow.OffshootDataConverter;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.testing.TestActivityEnvironment;
import io.temporal.testing.TestEnvironmentOptions;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;

/** Experiments on branches of a source copy on another server, step by step as a worker does. */
final class ExperimentsElsewhere implements AutoCloseable {
  private final TestActivityEnvironment temporal =
      TestActivityEnvironment.newInstance(
          TestEnvironmentOptions.newBuilder()
              .setWorkflowClientOptions(
                  WorkflowClientOptions.newBuilder()
                      .setDataConverter(OffshootDataConverter.get())
                      .build())
              .build());

  private final ParentConfig config;
  private final PostgresBranchProvider provider;

  ExperimentsElsewhere(ParentConfig config) throws SQLException {
    this.config = config;
    this.provider = new PostgresBranchProvider(config);
    Parents parents = new Parents(List.of(new Parents.Parent(config, provider)));
    Ledger ledger = new Ledger(PostgresServer.freshLedger());
    ledger.migrate();
    temporal.registerActivitiesImplementations(
        new BranchSteps(parents, ledger.branches()),
        new ExperimentSteps(parents),
        new DiffSteps(parents, ledger.changeSets()),
        new MergeSteps(parents, ledger.changeSets()),
        new ParentSteps(parents));
  }

  void refreshSource() {
    var unused =
        temporal
            .newActivityStub(ParentActivities.class)
            .refreshSource(new RefreshSource(config.name()));
  }

  /** From branch to merge; nothing is left of the branch. */
  MergeResult merge(String id, String script) {
    return merge(id, script, spec -> spec);
  }

  MergeResult merge(String id, String script, UnaryOperator<ExperimentSpecBuilder> details) {
    BranchRef branch = new BranchRef(new ExperimentId(id), 1, config.name());
    ExperimentSpec spec =
        details
            .apply(
                ExperimentSpec.builder()
                    .goal(id)
                    .parent(config.name())
                    .requestedBy("agent")
                    .script(script))
            .build();
    BranchActivities branches = temporal.newActivityStub(BranchActivities.class);
    BranchInfo info =
        branches.createBranch(
            new CreateBranch(
                branch, "experiment-" + id, "run", spec, Instant.now().plus(Duration.ofHours(1))));
    assertThat(info.source().refreshedAt()).isEqualTo(info.branchPoint());
    ExperimentReport report =
        temporal
            .newActivityStub(ExperimentActivities.class)
            .runExperiment(new RunExperiment(branch, spec));
    ChangeSummary changes =
        temporal
            .newActivityStub(DiffActivities.class)
            .computeDiff(new ComputeDiff(branch, spec, report));
    branches.dropBranch(new DropBranch(branch, "run", "the change set is frozen"));
    return temporal
        .newActivityStub(MergeActivities.class)
        .merge(
            new MergeRequest(
                branch,
                changes.digest(),
                spec.strictness(),
                List.of(),
                new Decision(
                    Decision.Kind.APPROVE,
                    "rita",
                    "looks right",
                    changes.digest(),
                    List.of(),
                    Instant.now(),
                    Decision.Channel.SIGNAL,
                    null)));
  }

  @Override
  public void close() {
    temporal.close();
    provider.close();
  }
}
