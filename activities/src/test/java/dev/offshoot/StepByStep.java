package dev.offshoot;

import dev.offshoot.activity.BranchActivities;
import dev.offshoot.activity.BranchActivities.CreateBranch;
import dev.offshoot.activity.BranchActivities.DropBranch;
import dev.offshoot.activity.DiffActivities;
import dev.offshoot.activity.DiffActivities.ComputeDiff;
import dev.offshoot.activity.ExperimentActivities;
import dev.offshoot.activity.ExperimentActivities.RunExperiment;
import dev.offshoot.activity.MergeActivities;
import dev.offshoot.activity.MergeActivities.MergeRequest;
import dev.offshoot.activity.RevertActivities;
import dev.offshoot.activity.RevertActivities.ComputeRevert;
import dev.offshoot.branch.BranchProvider;
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
import dev.offshoot.domain.Strictness;
import dev.offshoot.experiment.ExperimentSteps;
import dev.offshoot.experiment.SessionSteps;
import dev.offshoot.judge.JudgeSteps;
import dev.offshoot.judge.NoJudge;
import dev.offshoot.ledger.Ledger;
import dev.offshoot.merge.MergeSteps;
import dev.offshoot.read.ReadSteps;
import dev.offshoot.revert.RevertSteps;
import dev.offshoot.workflow.OffshootDataConverter;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.testing.TestActivityEnvironment;
import io.temporal.testing.TestEnvironmentOptions;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Every step on one parent as a worker runs them, with JSON between, each asked for by hand. */
public final class StepByStep implements AutoCloseable {
  private final TestActivityEnvironment temporal =
      TestActivityEnvironment.newInstance(
          TestEnvironmentOptions.newBuilder()
              .setWorkflowClientOptions(
                  WorkflowClientOptions.newBuilder()
                      .setDataConverter(OffshootDataConverter.get())
                      .build())
              .build());
  private final ParentConfig config;
  private final @Nullable PostgresBranchProvider ours;

  private StepByStep(ParentConfig config, BranchProvider provider, boolean isOurs, Ledger ledger) {
    this.config = config;
    this.ours = isOurs ? (PostgresBranchProvider) provider : null;
    Parents parents = new Parents(List.of(new Parents.Parent(config, provider)));
    temporal.registerActivitiesImplementations(
        new BranchSteps(parents, ledger.branches()),
        new ExperimentSteps(parents),
        new SessionSteps(parents),
        new DiffSteps(parents, ledger.changeSets()),
        new JudgeSteps(parents, new NoJudge()),
        new RevertSteps(parents, ledger.changeSets(), ledger.reverts()),
        new MergeSteps(parents, ledger.changeSets()),
        new ParentSteps(parents),
        new ReadSteps(ledger, parents, new NoJudge()));
  }

  /** With a ledger of its own. */
  public static StepByStep on(ParentConfig config) throws SQLException {
    return on(config, freshLedger());
  }

  public static StepByStep on(ParentConfig config, Ledger ledger) {
    return new StepByStep(config, new PostgresBranchProvider(config), true, ledger);
  }

  /** With branches in a home that the caller closes, and a ledger of its own. */
  public static StepByStep on(ParentConfig config, BranchProvider provider) throws SQLException {
    return new StepByStep(config, provider, false, freshLedger());
  }

  public static Ledger freshLedger() throws SQLException {
    Ledger ledger = new Ledger(PostgresServer.freshLedger());
    ledger.migrate();
    return ledger;
  }

  /** The steps of one kind. */
  public <T> T steps(Class<T> activities) {
    return temporal.newActivityStub(activities);
  }

  public BranchRef ref(String experiment) {
    return new BranchRef(new ExperimentId(experiment), 1, config.name());
  }

  public ExperimentSpecBuilder spec() {
    return ExperimentSpec.builder()
        .goal("change something")
        .parent(config.name())
        .requestedBy("agent");
  }

  public BranchInfo create(BranchRef branch, ExperimentSpec spec) {
    return create(branch, spec, inAnHour());
  }

  /** The same request twice is one: tell the same deadline. */
  public BranchInfo create(BranchRef branch, ExperimentSpec spec, Instant deadline) {
    return steps(BranchActivities.class)
        .createBranch(
            new CreateBranch(branch, "w-" + branch.experimentId(), "run", spec, deadline));
  }

  public ExperimentReport run(BranchRef branch, ExperimentSpec spec) {
    return steps(ExperimentActivities.class).runExperiment(new RunExperiment(branch, spec));
  }

  public ChangeSummary diff(BranchRef branch, ExperimentSpec spec, ExperimentReport report) {
    return steps(DiffActivities.class).computeDiff(new ComputeDiff(branch, spec, report));
  }

  /** After its change set was frozen. */
  public void dropFrozen(BranchRef branch) {
    steps(BranchActivities.class)
        .dropBranch(new DropBranch(branch, "run", "the change set is frozen", true));
  }

  /** What an experiment on a branch that stands has changed; the branch is gone then. */
  public ChangeSummary runAndDrop(BranchRef branch, ExperimentSpec spec) {
    ChangeSummary changes = diff(branch, spec, run(branch, spec));
    dropFrozen(branch);
    return changes;
  }

  /** An experiment from its branch to its frozen change set. */
  public ChangeSummary experiment(BranchRef branch, ExperimentSpec spec) {
    var unused = create(branch, spec);
    return runAndDrop(branch, spec);
  }

  /** Merges what {@code digest} names, approved by a person. */
  public MergeResult merge(
      BranchRef branch, String digest, Strictness strictness, String... checks) {
    Decision approval =
        new Decision(
            Decision.Kind.APPROVE,
            "rita",
            "looks right",
            digest,
            List.of(),
            Instant.now(),
            Decision.Channel.SIGNAL,
            null);
    return steps(MergeActivities.class)
        .merge(new MergeRequest(branch, digest, strictness, List.of(checks), approval));
  }

  /** The change set of a revert. */
  public ChangeSummary computeRevert(BranchRef revert, ExperimentSpec spec) {
    return steps(RevertActivities.class)
        .computeRevert(
            new ComputeRevert(revert, "w-" + revert.experimentId(), "run", spec, inAnHour()));
  }

  private static Instant inAnHour() {
    return Instant.now().plus(Duration.ofHours(1));
  }

  @Override
  public void close() {
    temporal.close();
    if (ours != null) {
      ours.close();
    }
  }
}
