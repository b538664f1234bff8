package dev.offshoot.revert;

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
import dev.offshoot.activity.ReadActivities;
import dev.offshoot.activity.RevertActivities;
import dev.offshoot.activity.RevertActivities.ComputeRevert;
import dev.offshoot.activity.RevertActivities.EndRevert;
import dev.offshoot.branch.BranchSteps;
import dev.offshoot.branch.ParentConfig;
import dev.offshoot.branch.Parents;
import dev.offshoot.branch.PostgresBranchProvider;
import dev.offshoot.diff.DiffSteps;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.Conflict;
import dev.offshoot.domain.Decision;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentReport;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ExperimentSpecBuilder;
import dev.offshoot.domain.Failure;
import dev.offshoot.domain.MergeResult;
import dev.offshoot.domain.Outcome;
import dev.offshoot.domain.Reverted;
import dev.offshoot.domain.Strictness;
import dev.offshoot.experiment.ExperimentSteps;
import dev.offshoot.ledger.Ledger;
import dev.offshoot.merge.MergeSteps;
import dev.offshoot.read.ReadSteps;
import dev.offshoot.sql.Sql;
import dev.offshoot.workflow.Failures;
import dev.offshoot.workflow.OffshootDataConverter;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.failure.ActivityFailure;
import io.temporal.testing.TestActivityEnvironment;
import io.temporal.testing.TestEnvironmentOptions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A parent, experiments merged into it, and their reverts, step by step as Temporal runs them. */
final class Reverting implements AutoCloseable {
  private static final class Shared {
    static final Ledger LEDGER = ledger();

    private static Ledger ledger() {
      try {
        Ledger ledger = new Ledger(PostgresServer.freshLedger());
        ledger.migrate();
        return ledger;
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  final TestParent parent;
  private final PostgresBranchProvider provider;
  private final TestActivityEnvironment temporal;

  private Reverting(TestParent parent, Duration window) {
    this.parent = parent;
    this.provider = new PostgresBranchProvider(parent.config());
    this.temporal =
        TestActivityEnvironment.newInstance(
            TestEnvironmentOptions.newBuilder()
                .setWorkflowClientOptions(
                    WorkflowClientOptions.newBuilder()
                        .setDataConverter(OffshootDataConverter.get())
                        .build())
                .build());
    Ledger ledger = Shared.LEDGER;
    Parents parents = new Parents(List.of(new Parents.Parent(within(window), provider)));
    temporal.registerActivitiesImplementations(
        new BranchSteps(parents, ledger.branches()),
        new ExperimentSteps(parents),
        new DiffSteps(parents, ledger.changeSets()),
        new RevertSteps(parents, ledger.changeSets(), ledger.reverts()),
        new MergeSteps(parents, ledger.changeSets()),
        new ReadSteps(ledger, parents));
  }

  static Reverting on(String base) throws SQLException {
    return new Reverting(PostgresServer.parent(base), ParentConfig.DEFAULT_REVERT_WINDOW);
  }

  static Reverting on(String base, Duration window) throws SQLException {
    return new Reverting(PostgresServer.parent(base), window);
  }

  private ParentConfig within(Duration window) {
    return parent.config().toBuilder().revertWindow(window).build();
  }

  /** The parent's dump without where its sequences stand. */
  String dump() throws SQLException {
    return parent.dump().replaceAll("(?m)^(sequence .*) last=.*$", "$1");
  }

  @Nullable String ask(String query) throws SQLException {
    try (Connection connection = parent.ownerConnection()) {
      return Sql.only(connection, query, row -> row.getString(1));
    }
  }

  /** An experiment up to its frozen change set. */
  ChangeSummary experiment(String name, String script, String... counters) {
    ExperimentSpecBuilder builder =
        ExperimentSpec.builder()
            .goal("change something")
            .parent(parent.config().name())
            .requestedBy("agent")
            .script(script);
    List.of(counters).forEach(builder::deltaColumn);
    ExperimentSpec spec = builder.build();
    BranchRef branch = ref(name);
    BranchActivities branches = temporal.newActivityStub(BranchActivities.class);
    branches.createBranch(new CreateBranch(branch, "w-" + name, "run", spec, inAnHour()));
    ExperimentReport report =
        temporal
            .newActivityStub(ExperimentActivities.class)
            .runExperiment(new RunExperiment(branch, spec));
    ChangeSummary changes =
        temporal
            .newActivityStub(DiffActivities.class)
            .computeDiff(new ComputeDiff(branch, spec, report));
    branches.dropBranch(new DropBranch(branch, "run", "the change set is frozen"));
    return changes;
  }

  MergeResult merge(String name, ChangeSummary changes, Strictness strictness, String... checks) {
    return temporal
        .newActivityStub(MergeActivities.class)
        .merge(
            new MergeRequest(
                ref(name),
                changes.digest(),
                strictness,
                List.of(checks),
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

  /** An experiment that is merged while nobody else writes. */
  ChangeSummary merged(String name, String script) {
    ChangeSummary changes = experiment(name, script);
    MergeResult result = merge(name, changes, Strictness.ROW);
    if (result.conflicts() != null) {
      throw new AssertionError(result.conflicts());
    }
    return changes;
  }

  /** The revert of {@code merged} up to its frozen change set. */
  ChangeSummary compute(String name, String merged) {
    ExperimentSpec spec =
        ExperimentSpec.builder()
            .goal("undo it")
            .parent(parent.config().name())
            .requestedBy("ops")
            .reverts(id(merged).value())
            .build();
    return temporal
        .newActivityStub(RevertActivities.class)
        .computeRevert(new ComputeRevert(ref(name), "w-" + name, "run", spec, inAnHour()));
  }

  /** Why the revert of {@code merged} cannot begin. */
  Failure refusal(String name, String merged) {
    try {
      ChangeSummary changes = compute(name, merged);
      throw new AssertionError("not refused: " + changes);
    } catch (ActivityFailure e) {
      return Failures.fromTemporal(e);
    }
  }

  /** Moves the revert's end to {@code fromNow}. */
  void extend(String name, Duration fromNow) {
    temporal
        .newActivityStub(RevertActivities.class)
        .extendRevert(new RevertActivities.ExtendRevert(id(name), Instant.now().plus(fromNow)));
  }

  void end(String name, Outcome outcome) {
    temporal
        .newActivityStub(RevertActivities.class)
        .endRevert(new EndRevert(ref(name).experimentId(), outcome));
  }

  /** Who is said to have taken back the merge of {@code merged}. */
  @Nullable Reverted reverted(String merged) {
    return temporal
        .newActivityStub(ReadActivities.class)
        .readReverted(new ReadActivities.ReadReverted(id(merged)));
  }

  /** The revert of {@code merged} with its merge. */
  MergeResult revert(String name, String merged) {
    MergeResult result = merge(name, compute(name, merged), Strictness.CELL);
    end(name, result.conflicts() == null ? Outcome.REVERTED : Outcome.CONFLICTED);
    return result;
  }

  /** {@code KIND table[key] column}, for comparing. */
  static List<String> described(MergeResult result) {
    if (result.conflicts() == null) {
      return List.of("no conflict");
    }
    return result.conflicts().conflicts().stream().map(Reverting::described).toList();
  }

  private static String described(Conflict conflict) {
    return "%s %s%s%s"
        .formatted(
            conflict.kind(),
            conflict.table(),
            conflict.key(),
            conflict.column() == null ? "" : " " + conflict.column());
  }

  /** Of this parent alone: the ledger is everybody's. */
  ExperimentId id(String name) {
    return new ExperimentId(parent.config().name() + "-" + name);
  }

  private BranchRef ref(String name) {
    return new BranchRef(id(name), 1, parent.config().name());
  }

  private static Instant inAnHour() {
    return Instant.now().plus(Duration.ofHours(1));
  }

  @Override
  public void close() throws SQLException {
    temporal.close();
    provider.close();
    parent.close();
  }
}
