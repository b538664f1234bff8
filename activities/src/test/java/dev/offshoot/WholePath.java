package dev.offshoot;

import dev.offshoot.activity.JudgeActivities;
import dev.offshoot.activity.JudgeActivities.JudgeRequest;
import dev.offshoot.branch.ParentConfig;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ExperimentReport;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ExperimentSpecBuilder;
import dev.offshoot.domain.HazardFinding;
import dev.offshoot.domain.MergeResult;
import dev.offshoot.domain.Strictness;
import dev.offshoot.ledger.Ledger;
import dev.offshoot.policy.HazardLimits;
import dev.offshoot.policy.HazardSettings;
import dev.offshoot.policy.SensitiveName;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Branch, experiment, diff, judge and merge on one parent as Temporal runs them, for tests. */
public final class WholePath implements AutoCloseable {
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final StepByStep steps;

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

  private WholePath(StepByStep steps) {
    this.steps = steps;
  }

  /** With a ledger of its own, those limits, and the customers' addresses as sensitive. */
  public static WholePath within(TestParent parent, HazardLimits limits) throws SQLException {
    HazardSettings settings =
        new HazardSettings(
            Map.of(),
            250,
            limits,
            List.of(SensitiveName.parse("public.customers.email").orElseThrow()));
    return new WholePath(StepByStep.on(parent.config().toBuilder().hazards(settings).build()));
  }

  public static WholePath on(ParentConfig config, Ledger ledger) {
    return new WholePath(StepByStep.on(config, ledger));
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
    BranchRef branch = steps.ref("whole" + NUMBER.incrementAndGet());
    ExperimentSpecBuilder builder = steps.spec();
    List.of(statements).forEach(builder::statement);
    checks.forEach(builder::check);
    ExperimentSpec spec = builder.build();
    var unused = steps.create(branch, spec);
    try {
      ExperimentReport report = steps.run(branch, spec);
      ChangeSummary changes = steps.diff(branch, spec, report);
      List<HazardFinding> hazards =
          steps
              .steps(JudgeActivities.class)
              .judge(new JudgeRequest(spec, report, changes, 0))
              .hazards();
      return new Reviewed(
          branch,
          dumped ? DatabaseDump.of(branch.branchName()) : "",
          dumped ? DatabaseDump.of(branch.baseName()) : "",
          changes,
          hazards);
    } finally {
      steps.dropFrozen(branch);
    }
  }

  /** Merges what was reviewed, all of it approved. */
  public MergeResult merge(Reviewed reviewed) {
    return steps.merge(reviewed.branch(), reviewed.changes().digest(), Strictness.ROW);
  }

  @Override
  public void close() {
    steps.close();
  }
}
