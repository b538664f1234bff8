package dev.offshoot.diff;

import dev.offshoot.activity.DiffActivities;
import dev.offshoot.branch.BranchProvider;
import dev.offshoot.branch.Parents;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.ledger.ChangeSet;
import dev.offshoot.ledger.ChangeSetStore;
import dev.offshoot.sql.Place;
import dev.offshoot.sql.SessionSettings;
import dev.offshoot.sql.Sql;
import dev.offshoot.sql.SqlErrors;
import dev.offshoot.step.Progress;
import dev.offshoot.step.Step;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** Freezes the net effect of an experiment in the ledger. Thread-safe. */
public final class DiffSteps implements DiffActivities {
  /**
   * Ours alone are base and branch by now; only an earlier try of the same step may still hold
   * locks. Memory is for the sorts of tables without a usable index.
   */
  private static final String SETTINGS =
      "SET lock_timeout = '30s'; SET work_mem = '64MB'; SET jit = off";

  private final Parents parents;
  private final ChangeSetStore changeSets;

  public DiffSteps(Parents parents, ChangeSetStore changeSets) {
    this.parents = parents;
    this.changeSets = changeSets;
  }

  @Override
  public ChangeSummary computeDiff(ComputeDiff request) {
    return Step.run(progress -> compute(request, progress));
  }

  /** The body of {@link #computeDiff}, for callers that are no activity. */
  public ChangeSummary compute(ComputeDiff request, Progress progress) {
    BranchRef ref = request.branch();
    BranchProvider provider = parents.get(ref.parent()).provider();
    long begun = System.nanoTime();
    if (request.preview()) {
      provider.endSessions(ref);
    } else {
      provider.endExperiment(ref);
    }
    try (BranchProvider.Compared compared = provider.openForComparison(ref);
        ChangeSetStore.Writer writer = changeSets.begin(ref.experimentId())) {
      Connection base = compared.base();
      Connection branch = compared.branch();
      begin(base);
      begin(branch);
      writer.reserve(provider.sequenceBlocks(ref));
      NetEffect effect = new NetEffect(base, branch, request, progress);
      ChangeSet frozen = effect.freezeInto(DeltaColumns.noted(request.spec(), branch, writer));
      base.rollback();
      branch.rollback();
      return SummaryOfChanges.of(
          frozen,
          effect.samples(),
          effect.observed().with(provider.disagreements(ref, frozen.schemaChanges(), progress)),
          List.of(),
          Duration.ofNanos(System.nanoTime() - begun).toMillis());
    } catch (SQLException e) {
      throw SqlErrors.working(Place.branch(ref), "comparing it with its base", e);
    }
  }

  /** Closing a session without a commit rolls back whatever happened in between. */
  private static void begin(Connection session) throws SQLException {
    SessionSettings.applyForReading(session);
    Sql.execute(session, SETTINGS);
    session.setAutoCommit(false);
  }
}
