package dev.offshoot.cli;

import dev.offshoot.activity.JanitorActivities;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.BranchView;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.SweepReport;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Two branches: one that stands, and one that the janitor has deleted. */
final class FakeJanitor implements JanitorActivities {
  @Override
  public SweepReport sweep() {
    return new SweepReport(List.of(), List.of(), List.of(), List.of(), 0);
  }

  @Override
  public List<BranchView> viewBranches(ViewBranches request) {
    return Stream.of(
            branch("standing", "shop", BranchView.State.STANDS, BranchView.Owner.RUNNING, null),
            branch("swept", "crm", BranchView.State.SWEPT, BranchView.Owner.ENDED, Instant.EPOCH))
        .filter(view -> request.parent() == null || view.ref().parent().equals(request.parent()))
        .toList();
  }

  private static BranchView branch(
      String id,
      String parent,
      BranchView.State state,
      BranchView.Owner owner,
      @Nullable Instant droppedAt) {
    BranchRef ref = new BranchRef(new ExperimentId(id), 1, parent);
    return new BranchView(
        ref,
        ref.branchName(),
        "postgres",
        state,
        owner,
        "experiment-" + id,
        Instant.EPOCH,
        droppedAt,
        droppedAt == null ? null : "its workflow has ended");
  }
}
