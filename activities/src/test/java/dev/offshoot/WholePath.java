package dev.offshoot;

import dev.offshoot.activity.BranchActivities;
import dev.offshoot.activity.BranchActivities.CreateBranch;
import dev.offshoot.activity.BranchActivities.DropBranch;
import dev.offshoot.activity.DiffActivities;
import dev.offshoot.activity.DiffActivities.ComputeDiff;
import dev.offshoot.activity.ExperimentActivities;
import dev.offshoot.activity.ExperimentActivities.RunExperiment;
import dev.offshoot.activity.JudgeActivities;
import dev.offshoot.activity.JudgeActivities.JudgeRequest;
import dev.offshoot.activity.MergeActivities;
import dev.offshoot.activity.MergeActivities.MergeRequest;
import dev.offshoot.branch.BranchSteps;
import dev.offshoot.branch.ParentConfig;
import dev.offshoot.branch.Parents;
import dev.offshoot.branch.PostgresBranchProvider;
import dev.offshoot.diff.DiffSteps;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.Decision;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentReport;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ExperimentSpecBuilder;
import dev.offshoot.domain.HazardFinding;
import dev.offshoot.domain.MergeResult;
import dev.offshoot.domain.Strictness;
import dev.offshoot.experiment.ExperimentSteps;
import dev.offshoot.judge.JudgeSteps;
import dev.offshoot.judge.PolicyJudge;
import dev.offshoot.ledger.Ledger;
import dev.offshoot.merge.MergeSteps;
import dev.offshoot.workflow.OffshootDataConverter;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.testing.TestActivityEnvironment;
import io.temporal.testing.TestEnvironmentOptions;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Branch, experiment, diff, judge and merge on one parent as Temporal runs them, for tests. */
public final class WholePath implements AutoCloseable {
  private static final AtomicInteger NUMBER = new AtomicInteger();

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

  /**
   * An experiment under review.
   *
   * @param branch its branch, which is gone
   * @param branchDump what the branch was in the end
   * @param baseDump what its base was after the diff
   * @param changes what it did
   * @param hazards what the policy says of it
   */
  public record Reviewed(
      BranchRef branch,
      String branchDump,
      String baseDump,
      ChangeSummary changes,
      List<HazardFinding> hazards) {}

  private WholePath(ParentConfig config, Ledger ledger) {
    this.config = config;
    this.provider = new PostgresBranchProvider(config);
    Parents parents = new Parents(List.of(new Parents.Parent(config, provider)));
    temporal.registerActivitiesImplementations(
        new BranchSteps(parents, ledger.branches()),
        new ExperimentSteps(parents),
        new DiffSteps(parents, ledger.changeSets()),
        new JudgeSteps(parents, new PolicyJudge()),
        new MergeSteps(parents, ledger.changeSets()));
  }

  public static WholePath on(ParentConfig config, Ledger ledger) {
    return new WholePath(config, ledger);
  }

  /** Runs an experiment; what the policy says of it. */
  public List<HazardFinding> hazards(String... statements) throws SQLException {
    return hazards(List.of(), statements);
  }

  /** The same with checks. */
  public List<HazardFinding> hazards(List<String> checks, String... statements)
      throws SQLException {
    return run(false, checks, statements).hazards();
  }

  /** Runs an experiment up to its review. */
  public Reviewed experiment(String... statements) throws SQLException {
    return run(true, List.of(), statements);
  }

  private Reviewed run(boolean dumped, List<String> checks, String... statements)
      throws SQLException {
    BranchRef branch =
        new BranchRef(new ExperimentId("whole" + NUMBER.incrementAndGet()), 1, config.name());
    ExperimentSpecBuilder builder =
        ExperimentSpec.builder().goal("try it").parent(config.name()).requestedBy("agent");
    List.of(statements).forEach(builder::statement);
    checks.forEach(builder::check);
    ExperimentSpec spec = builder.build();
    BranchActivities branches = temporal.newActivityStub(BranchActivities.class);
    branches.createBranch(
        new CreateBranch(
            branch,
            "experiment-" + branch.experimentId(),
            "run",
            spec,
            Instant.now().plus(Duration.ofHours(1))));
    try {
      ExperimentReport report =
          temporal
              .newActivityStub(ExperimentActivities.class)
              .runExperiment(new RunExperiment(branch, spec));
      ChangeSummary changes =
          temporal
              .newActivityStub(DiffActivities.class)
              .computeDiff(new ComputeDiff(branch, spec, report));
      List<HazardFinding> hazards =
          temporal
              .newActivityStub(JudgeActivities.class)
              .judge(new JudgeRequest(spec, report, changes, 0))
              .hazards();
      return new Reviewed(
          branch,
          dumped ? DatabaseDump.of(branch.branchName()) : "",
          dumped ? DatabaseDump.of(branch.baseName()) : "",
          changes,
          hazards);
    } finally {
      branches.dropBranch(new DropBranch(branch, "run", "the change set is frozen"));
    }
  }

  /** Merges what was reviewed, all of it approved. */
  public MergeResult merge(Reviewed reviewed) {
    return temporal
        .newActivityStub(MergeActivities.class)
        .merge(
            new MergeRequest(
                reviewed.branch(),
                reviewed.changes().digest(),
                Strictness.ROW,
                List.of(),
                new Decision(
                    Decision.Kind.APPROVE,
                    "rita",
                    "looks right",
                    reviewed.changes().digest(),
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
