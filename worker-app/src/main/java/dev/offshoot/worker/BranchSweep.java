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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

  /** Since when a branch has been seen to have no workflow that the server knows. */
  private final Map<Registered, Instant> unowned = new HashMap<>();

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
   * Looks at every living branch once and drops those whose owner has been gone for the grace. Of a
   * run that the server does not know nobody can say since when: it is dropped when looks have not
   * found it for that long.
   *
   * @return orphans that are left alone because of the grace
   */
  public synchronized List<Registered> sweep() {
    List<Registered> left = new ArrayList<>();
    Instant now = clock.instant();
    List<Registered> living = registry.living();
    unowned.keySet().retainAll(living);
    for (Registered branch : living) {
      Owner owner = look(branch);
      if (owner instanceof Owner.Alive) {
        unowned.remove(branch);
        continue;
      }
      Instant since =
          owner instanceof Owner.Ended ended
              ? ended.at()
              : unowned.computeIfAbsent(branch, first -> now);
      if (since.isAfter(now.minus(grace))) {
        left.add(branch);
      } else {
        drop(
            branch,
            owner instanceof Owner.Ended
                ? "its workflow has ended"
                : "Temporal does not know its workflow");
      }
    }
    return List.copyOf(left);
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
          "sweep: branch {} could not be dropped and stays for the next look: {}",
          branch.ref().branchName(),
          e.failure().message());
    }
  }
}
