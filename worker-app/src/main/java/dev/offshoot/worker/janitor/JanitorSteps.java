package dev.offshoot.worker.janitor;

import dev.offshoot.activity.JanitorActivities;
import dev.offshoot.branch.Parents;
import dev.offshoot.domain.BranchView;
import dev.offshoot.domain.SweepReport;
import dev.offshoot.ledger.BranchRegistry;
import dev.offshoot.step.Step;
import dev.offshoot.worker.temporal.WorkflowOwners;
import java.util.List;

/** The janitor's rounds and a look at what it looks at, as activities. Thread-safe. */
public final class JanitorSteps implements JanitorActivities {
  private final Janitor janitor;
  private final BranchViews views;

  public JanitorSteps(
      Janitor janitor, BranchRegistry registry, Parents parents, WorkflowOwners owners) {
    this.janitor = janitor;
    this.views = new BranchViews(registry, parents, owners);
  }

  @Override
  public SweepReport sweep() {
    return Step.run(
        progress -> {
          progress.report("looking for what has no owner");
          return janitor.sweep();
        });
  }

  @Override
  public List<BranchView> viewBranches(ViewBranches request) {
    return Step.run(progress -> views.of(request.parent()));
  }
}
