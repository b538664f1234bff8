package dev.offshoot.worker.janitor;

import dev.offshoot.branch.Parents;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.BranchView;
import dev.offshoot.domain.BranchView.State;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.ledger.BranchRegistry;
import dev.offshoot.ledger.BranchRegistry.Gone;
import dev.offshoot.ledger.BranchRegistry.Registered;
import dev.offshoot.worker.temporal.WorkflowOwners;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Branches as registry, homes and Temporal know them, side by side; changes nothing. */
final class BranchViews {
  private static final int MOST_SWEPT = 50;

  private final BranchRegistry registry;
  private final Parents parents;
  private final WorkflowOwners owners;

  BranchViews(BranchRegistry registry, Parents parents, WorkflowOwners owners) {
    this.registry = registry;
    this.parents = parents;
    this.owners = owners;
  }

  /**
   * @param parent only those of this parent; absent for all
   */
  List<BranchView> of(@Nullable String parent) {
    Map<String, Optional<Set<BranchRef>>> standing = new HashMap<>();
    for (Parents.Parent each : parents.all()) {
      if (parent == null || each.config().name().equals(parent)) {
        standing.put(each.config().name(), standing(each));
      }
    }
    List<BranchView> views = new ArrayList<>();
    Set<BranchRef> known = new HashSet<>();
    for (Registered branch : registry.living()) {
      known.add(branch.ref());
      if (parent == null || branch.ref().parent().equals(parent)) {
        views.add(
            registered(branch, standing.getOrDefault(branch.ref().parent(), Optional.empty())));
      }
    }
    for (Optional<Set<BranchRef>> home : standing.values()) {
      home.orElse(Set.of()).stream()
          .filter(ref -> !known.contains(ref))
          .map(this::unregistered)
          .forEach(views::add);
    }
    for (Gone gone : registry.gone(BranchSweep.SWEPT, MOST_SWEPT)) {
      if (parent == null || gone.branch().ref().parent().equals(parent)) {
        views.add(swept(gone));
      }
    }
    return views;
  }

  /** Nothing if the home does not answer. */
  private static Optional<Set<BranchRef>> standing(Parents.Parent parent) {
    try {
      return Optional.of(new HashSet<>(parent.provider().standing()));
    } catch (OffshootException e) {
      return Optional.empty();
    }
  }

  private BranchView registered(Registered branch, Optional<Set<BranchRef>> home) {
    State state =
        home.map(refs -> refs.contains(branch.ref()) ? State.STANDS : State.INCOMPLETE)
            .orElse(State.UNKNOWN);
    return new BranchView(
        branch.ref(),
        branch.ref().branchName(),
        branch.provider(),
        state,
        owner(branch.workflowId(), branch.runId()),
        branch.workflowId(),
        branch.deadline(),
        null,
        null);
  }

  private BranchView unregistered(BranchRef ref) {
    String workflowId = ref.experimentId().workflowId();
    boolean dropped = registry.droppedAt(ref).isPresent();
    return new BranchView(
        ref,
        ref.branchName(),
        null,
        dropped ? State.LEFT_BEHIND : State.UNREGISTERED,
        owner(workflowId, ""),
        workflowId,
        null,
        null,
        dropped
            ? null
            : "this ledger has never heard of it; if no other installation uses the parent, drop its databases and roles");
  }

  private BranchView swept(Gone gone) {
    Registered branch = gone.branch();
    return new BranchView(
        branch.ref(),
        branch.ref().branchName(),
        branch.provider(),
        State.SWEPT,
        owner(branch.workflowId(), branch.runId()),
        branch.workflowId(),
        branch.deadline(),
        gone.at(),
        gone.reason().substring(BranchSweep.SWEPT.length()));
  }

  private BranchView.Owner owner(String workflowId, String runId) {
    try {
      WorkflowOwners.Owner owner = owners.look(workflowId, runId);
      if (owner instanceof WorkflowOwners.Owner.Alive) {
        return BranchView.Owner.RUNNING;
      }
      return owner instanceof WorkflowOwners.Owner.Ended
          ? BranchView.Owner.ENDED
          : BranchView.Owner.UNKNOWN;
    } catch (StatusRuntimeException e) {
      return BranchView.Owner.NOT_TOLD;
    }
  }
}
