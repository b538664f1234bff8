package dev.offshoot.worker.janitor;

import dev.offshoot.branch.Parents;
import dev.offshoot.domain.BranchRef;
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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drops branches that nobody owns any more: the workflow run that registered them has ended or is
 * unknown to the server, or they stand though they were noted as gone. Touches only what the
 * ledger's registry has heard of, so never what this installation did not make.
 */
public final class BranchSweep {
  /** With what the registry's reason begins for a branch that was dropped here. */
  static final String SWEPT = "swept: ";

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

  /**
   * What one look came to.
   *
   * @param dropped deleted
   * @param left orphans that are left alone because of the grace
   * @param failed orphans that could not be deleted, and stay for the next look
   */
  public record Swept(List<BranchRef> dropped, List<BranchRef> left, List<BranchRef> failed) {
    private Swept() {
      this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    }
  }

  /**
   * Looks at every branch once and drops those whose owner has been gone for the grace. Of a run
   * that the server does not know nobody can say since when: it is dropped when looks have not
   * found it for that long.
   */
  public synchronized Swept sweep() {
    Swept swept = new Swept();
    Instant now = clock.instant();
    List<Registered> living = registry.living();
    unowned.keySet().retainAll(living);
    Set<BranchRef> known = new HashSet<>();
    for (Registered branch : living) {
      known.add(branch.ref());
      look(branch, now, swept);
    }
    for (Parents.Parent parent : parents.all()) {
      leftBehind(parent, known, now, swept);
    }
    return swept;
  }

  private void look(Registered branch, Instant now, Swept swept) {
    Owner owner = ownerOf(branch);
    if (owner instanceof Owner.Alive) {
      unowned.remove(branch);
      return;
    }
    Instant since =
        owner instanceof Owner.Ended ended
            ? ended.at()
            : unowned.computeIfAbsent(branch, first -> now);
    if (since.isAfter(now.minus(grace))) {
      swept.left().add(branch.ref());
      return;
    }
    drop(
        branch.ref(),
        owner instanceof Owner.Ended
            ? "its workflow has ended"
            : "Temporal does not know its workflow",
        swept);
  }

  /** A server that does not say counts as alive: dropping is for what is known to be orphaned. */
  private Owner ownerOf(Registered branch) {
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

  /** What a worker that was thought dead went on to make after it had been deleted. */
  private void leftBehind(Parents.Parent parent, Set<BranchRef> known, Instant now, Swept swept) {
    List<BranchRef> standing;
    try {
      standing = parent.provider().standing();
    } catch (OffshootException e) {
      LOG.warn(
          "sweep: the home of {}'s branches does not say which there are: {}",
          parent.config().name(),
          e.failure().message());
      return;
    }
    for (BranchRef ref : standing) {
      Optional<Instant> gone = known.contains(ref) ? Optional.empty() : registry.droppedAt(ref);
      if (gone.isPresent()) {
        if (gone.get().isAfter(now.minus(grace))) {
          swept.left().add(ref);
        } else {
          drop(ref, "it stood though it had been deleted", swept);
        }
      }
    }
  }

  private void drop(BranchRef ref, String reason, Swept swept) {
    try {
      Parents.Parent parent = parents.get(ref.parent());
      AbandonedBlocks.giveBack(parent, ref);
      parent.provider().drop(ref);
      registry.dropped(ref, SWEPT + reason);
      swept.dropped().add(ref);
      LOG.info("sweep: dropped branch {}: {}", ref.branchName(), reason);
    } catch (OffshootException e) {
      swept.failed().add(ref);
      LOG.warn(
          "sweep: branch {} could not be dropped and stays for the next look: {}",
          ref.branchName(),
          e.failure().message());
    }
  }
}
