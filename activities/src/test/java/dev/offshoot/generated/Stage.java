package dev.offshoot.generated;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.offshoot.PostgresServer;
import dev.offshoot.TestParent;
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
import dev.offshoot.branch.BranchSteps;
import dev.offshoot.branch.CopyMethod;
import dev.offshoot.branch.ParentConfig;
import dev.offshoot.branch.Parents;
import dev.offshoot.branch.PostgresBranchProvider;
import dev.offshoot.diff.DiffSteps;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.Decision;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentReport;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ExperimentSpecBuilder;
import dev.offshoot.domain.MergeResult;
import dev.offshoot.experiment.ExperimentSteps;
import dev.offshoot.ledger.Ledger;
import dev.offshoot.merge.MergeSteps;
import dev.offshoot.revert.RevertSteps;
import dev.offshoot.sql.Sql;
import dev.offshoot.workflow.OffshootDataConverter;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestActivityEnvironment;
import io.temporal.testing.TestEnvironmentOptions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import javax.sql.DataSource;

/**
 * A parent on which one case after the other is played through the real steps, with a ledger that
 * is shared. One thread at a time.
 */
final class Stage implements AutoCloseable {
  /** A step of the path that was refused. */
  static final class Stopped extends Exception {
    final Result.Refused result;

    Stopped(String step, ErrorCode code, String message) {
      super(step + " " + code + ": " + message, null, false, false);
      this.result = new Result.Refused(step, code, message);
    }
  }

  private final TestParent parent;

  /** Copied by files: cheaper than by the log where a checkpoint costs nothing. */
  private final ParentConfig config;

  private final Connection maintenance;
  private final PostgresBranchProvider provider;
  private final TestActivityEnvironment temporal;
  private final BranchActivities branches;
  private final ExperimentActivities experiments;
  private final DiffActivities diffs;
  private final RevertActivities reverts;
  private final MergeActivities merges;
  private int played;

  private Stage(Ledger ledger) throws SQLException {
    this.parent = PostgresServer.parent("");
    this.config = parent.config().toBuilder().copyMethod(CopyMethod.FILE_COPY).build();
    this.provider = new PostgresBranchProvider(config);
    this.maintenance = PostgresServer.superuser("postgres");
    this.temporal =
        TestActivityEnvironment.newInstance(
            TestEnvironmentOptions.newBuilder()
                .setWorkflowClientOptions(
                    WorkflowClientOptions.newBuilder()
                        .setDataConverter(OffshootDataConverter.get())
                        .build())
                .build());
    Parents parents = new Parents(List.of(new Parents.Parent(config, provider)));
    temporal.registerActivitiesImplementations(
        new BranchSteps(parents, ledger.branches()),
        new ExperimentSteps(parents),
        new DiffSteps(parents, ledger.changeSets()),
        new RevertSteps(parents, ledger.changeSets(), ledger.reverts()),
        new MergeSteps(parents, ledger.changeSets()));
    this.branches = temporal.newActivityStub(BranchActivities.class);
    this.experiments = temporal.newActivityStub(ExperimentActivities.class);
    this.diffs = temporal.newActivityStub(DiffActivities.class);
    this.reverts = temporal.newActivityStub(RevertActivities.class);
    this.merges = temporal.newActivityStub(MergeActivities.class);
  }

  static Stage over(Ledger ledger) throws SQLException {
    return new Stage(ledger);
  }

  /** A ledger for any number of stages, and the sessions that they share. */
  record SharedLedger(Ledger ledger, HikariDataSource sessions) implements AutoCloseable {
    static SharedLedger open() throws SQLException {
      DataSource database = PostgresServer.freshLedger();
      HikariConfig config = new HikariConfig();
      config.setDataSource(database);
      config.setMaximumPoolSize(12);
      HikariDataSource sessions = new HikariDataSource(config);
      Ledger ledger = new Ledger(sessions);
      ledger.migrate();
      return new SharedLedger(ledger, sessions);
    }

    @Override
    public void close() {
      sessions.close();
    }
  }

  /** An empty parent again, its next branch's name new. */
  void clear() throws SQLException {
    played++;
    Sql.execute(maintenance, "DROP DATABASE IF EXISTS %s WITH (FORCE)".formatted(database()));
    Sql.execute(
        maintenance,
        "CREATE DATABASE %s OWNER %s%s"
            .formatted(
                database(),
                config.username(),
                PostgresServer.majorVersion() < 15 ? "" : " STRATEGY FILE_COPY"));
    Sql.execute(
        maintenance, "REVOKE CONNECT, TEMPORARY ON DATABASE %s FROM PUBLIC".formatted(database()));
  }

  String database() {
    return parent.database();
  }

  /** A session as the parent's owner, which must be closed before a branch is made. */
  Connection owner() throws SQLException {
    return parent.ownerConnection();
  }

  BranchRef branch() {
    return new BranchRef(
        new ExperimentId("g%s-%d".formatted(database(), played)), 1, parent.config().name());
  }

  ExperimentSpec spec(Scenario scenario) {
    ExperimentSpecBuilder spec =
        ExperimentSpec.builder()
            .goal("play a case")
            .parent(parent.config().name())
            .requestedBy("agent")
            .strictness(scenario.strictness())
            .transaction(scenario.mode());
    scenario.experiment().forEach(spec::statement);
    return spec.build();
  }

  void createBranch(BranchRef branch, ExperimentSpec spec) throws Stopped {
    step(
        "branch",
        () ->
            branches.createBranch(
                new CreateBranch(
                    branch, branch.experimentId().toString(), "run", spec, inAnHour())));
  }

  ExperimentReport run(BranchRef branch, ExperimentSpec spec) throws Stopped {
    return step("experiment", () -> experiments.runExperiment(new RunExperiment(branch, spec)));
  }

  ChangeSummary diff(BranchRef branch, ExperimentSpec spec, ExperimentReport report)
      throws Stopped {
    return step("diff", () -> diffs.computeDiff(new ComputeDiff(branch, spec, report)));
  }

  void drop(BranchRef branch) throws Stopped {
    step(
        "drop",
        () -> {
          branches.dropBranch(new DropBranch(branch, "run", "played"));
          return true;
        });
  }

  Result merge(BranchRef branch, ExperimentSpec spec, String digest) {
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
    try {
      MergeResult result =
          step(
              "merge",
              () ->
                  merges.merge(
                      new MergeRequest(branch, digest, spec.strictness(), List.of(), approval)));
      return result.conflicts() == null
          ? new Result.Merged()
          : new Result.Conflicted(result.conflicts().conflicts());
    } catch (Stopped e) {
      return e.result;
    }
  }

  /** Takes back what was merged from {@code branch}. */
  Result revert(BranchRef branch) {
    ExperimentId merged = branch.experimentId();
    BranchRef revert =
        new BranchRef(new ExperimentId(merged + "-revert"), 1, parent.config().name());
    ExperimentSpec spec =
        ExperimentSpec.builder()
            .goal("take a case back")
            .parent(parent.config().name())
            .requestedBy("ops")
            .reverts(merged.value())
            .build();
    try {
      ChangeSummary inverse =
          step(
              "revert",
              () ->
                  reverts.computeRevert(
                      new ComputeRevert(
                          revert, revert.experimentId().toString(), "run", spec, inAnHour())));
      return merge(revert, spec, inverse.digest());
    } catch (Stopped e) {
      return e.result;
    }
  }

  private static Instant inAnHour() {
    return Instant.now().plus(Duration.ofHours(1));
  }

  private static <T> T step(String name, Supplier<T> step) throws Stopped {
    try {
      return step.get();
    } catch (ActivityFailure e) {
      if (e.getCause() instanceof ApplicationFailure failure) {
        throw new Stopped(name, ErrorCode.valueOf(failure.getType()), failure.getOriginalMessage());
      }
      throw e;
    }
  }

  @Override
  public void close() throws SQLException {
    temporal.close();
    provider.close();
    maintenance.close();
    parent.close();
  }
}
