package dev.offshoot.revert;

import dev.offshoot.PostgresServer;
import dev.offshoot.StepByStep;
import dev.offshoot.TestParent;
import dev.offshoot.activity.ReadActivities;
import dev.offshoot.activity.RevertActivities;
import dev.offshoot.activity.RevertActivities.EndRevert;
import dev.offshoot.branch.ParentConfig;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.Conflict;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ExperimentSpecBuilder;
import dev.offshoot.domain.Failure;
import dev.offshoot.domain.MergeResult;
import dev.offshoot.domain.Outcome;
import dev.offshoot.domain.Reverted;
import dev.offshoot.domain.Strictness;
import dev.offshoot.ledger.Ledger;
import dev.offshoot.sql.Sql;
import dev.offshoot.workflow.Failures;
import io.temporal.failure.ActivityFailure;
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
        return StepByStep.freshLedger();
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  final TestParent parent;
  private final StepByStep steps;

  private Reverting(TestParent parent, Duration window) {
    this.parent = parent;
    this.steps =
        StepByStep.on(parent.config().toBuilder().revertWindow(window).build(), Shared.LEDGER);
  }

  static Reverting on(String base) throws SQLException {
    return new Reverting(PostgresServer.parent(base), ParentConfig.DEFAULT_REVERT_WINDOW);
  }

  static Reverting on(String base, Duration window) throws SQLException {
    return new Reverting(PostgresServer.parent(base), window);
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
    ExperimentSpecBuilder builder = steps.spec().script(script);
    List.of(counters).forEach(builder::deltaColumn);
    return steps.experiment(ref(name), builder.build());
  }

  MergeResult merge(String name, ChangeSummary changes, Strictness strictness, String... checks) {
    return steps.merge(ref(name), changes.digest(), strictness, checks);
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
    ExperimentSpec spec = steps.spec().requestedBy("ops").reverts(id(merged).value()).build();
    return steps.computeRevert(ref(name), spec);
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
    steps
        .steps(RevertActivities.class)
        .extendRevert(new RevertActivities.ExtendRevert(id(name), Instant.now().plus(fromNow)));
  }

  void end(String name, Outcome outcome) {
    steps.steps(RevertActivities.class).endRevert(new EndRevert(ref(name).experimentId(), outcome));
  }

  /** Who is said to have taken back the merge of {@code merged}. */
  @Nullable Reverted reverted(String merged) {
    return steps
        .steps(ReadActivities.class)
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

  @Override
  public void close() throws SQLException {
    steps.close();
    parent.close();
  }
}
