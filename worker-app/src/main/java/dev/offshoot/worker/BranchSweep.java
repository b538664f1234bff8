package dev.offshoot.worker;

import dev.offshoot.branch.Parents;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.ledger.BranchRegistry;
import dev.offshoot.ledger.BranchRegistry.Registered;
import dev.offshoot.merge.AbandonedBlocks;
import dev.offshoot.worker.temporal.WorkflowOwners;
import dev.offshoot.worker.temporal.WorkflowOwners.Owner;
import io.grpc.StatusRuntimeException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drops branches that nobody owns any more: the workflow run that registered them has ended or is
 * unknown to the server. Looks only at what the ledger's registry lists, so it never touches what
 * Offshoot did not make.
 */
public final class BranchSweep {
  private static final Logger LOG = LoggerFactory.getLogger(BranchSweep.class);

  private final BranchRegistry registry;
  private final Parents parents;
  private final WorkflowOwners owners;
  private final Duration grace;
  private final Clock clock;

  /**
   * @param grace how long an owner must have been gone; zero where nobody else uses the Temporal
   *     server
   */
  public BranchSweep(
      BranchRegistry registry,
      Parents parents,
      WorkflowOwners owners,
      Duration grace,
      Clock clock) {
    this.registry = registry;
    this.parents = parents;
    this.owners = owners;
    this.grace = grace;
    this.clock = clock;
  }

  public Duration grace() {
    return grace;
  }

  /**
   * Looks at every living branch once and drops those whose owner has been gone for the grace. A
   * run that the server does not know has no time of its end, so it is only dropped at once where
   * there is no grace.
   *
   * @return orphans that were left alone because of the grace, for {@link #dropStillOrphaned}
   */
  public List<Registered> sweep() {
    List<Registered> left = new ArrayList<>();
    Instant latestEnd = clock.instant().minus(grace);
    for (Registered branch : registry.living()) {
      Owner owner = look(branch);
      if (owner instanceof Owner.Ended ended && !ended.at().isAfter(latestEnd)) {
        drop(branch, "its workflow has ended");
      } else if (owner instanceof Owner.Unknown && grace.isZero()) {
        drop(branch, "Temporal does not know its workflow");
      } else if (!(owner instanceof Owner.Alive)) {
        left.add(branch);
      }
    }
    return left;
  }

  /** Drops those of {@code orphans} that still have no owner; call it after the grace. */
  public void dropStillOrphaned(List<Registered> orphans) {
    List<Registered> living = registry.living();
    for (Registered branch : orphans) {
      if (living.contains(branch) && !(look(branch) instanceof Owner.Alive)) {
        drop(branch, "it has had no workflow for the whole grace");
      }
    }
  }

  /** A server that does not say counts as alive: dropping is for what is known to be orphaned. */
  private Owner look(Registered branch) {
    try {
      return owners.look(branch.workflowId(), branch.runId());
    } catch (StatusRuntimeException e) {
      LOG.warn(
          "sweep: Temporal does not say how the owner of branch {} is ({}); leaving it",
          branch.ref().branchName(),
          e.getStatus().getCode());
      return new Owner.Alive();
    }
  }

  private void drop(Registered branch, String reason) {
    try {
      Parents.Parent parent = parents.get(branch.ref().parent());
      AbandonedBlocks.giveBack(parent, branch.ref());
      parent.provider().drop(branch.ref());
      registry.dropped(branch.ref(), "swept: " + reason);
      LOG.info("sweep: dropped branch {}: {}", branch.ref().branchName(), reason);
    } catch (OffshootException e) {
      LOG.warn(
          "sweep: branch {} could not be dropped and stays for the next start: {}",
          branch.ref().branchName(),
          e.failure().message());
    }
  }
}
