package dev.offshoot.branch;

import dev.offshoot.activity.BranchActivities;
import dev.offshoot.domain.BranchInfo;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.HumanDuration;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.ledger.BranchLimits;
import dev.offshoot.ledger.BranchRegistry;
import dev.offshoot.step.Step;
import java.util.Optional;
import java.util.function.Function;

/**
 * Makes and deletes branches, with the ledger told first when one is made and last when one is
 * gone: whatever stands is in the registry. Thread-safe.
 */
public final class BranchSteps implements BranchActivities {
  private static final String TOO_MANY_CONNECTIONS = "53300";

  private final Parents parents;
  private final BranchRegistry registry;

  public BranchSteps(Parents parents, BranchRegistry registry) {
    this.parents = parents;
    this.registry = registry;
  }

  @Override
  public BranchInfo createBranch(CreateBranch request) {
    return Step.run(
        progress ->
            create(
                request,
                provider ->
                    provider.create(request.ref(), request.stem(), request.deadline(), progress)));
  }

  @Override
  public BranchInfo createStem(CreateBranch request) {
    return Step.run(
        progress -> {
          requireRoomBeside(parents.get(request.ref().parent()).config());
          return create(
              request,
              provider -> provider.createStem(request.ref(), request.deadline(), progress));
        });
  }

  /** A stem takes a place while branches are made of it. */
  private static void requireRoomBeside(ParentConfig parent) {
    if (Math.min(parent.maxBranches(), parent.maxBranchesPerTenant()) < 2) {
      throw new OffshootException(
          ErrorCode.PARENT_UNSUITABLE,
          "parent '%1$s': variants need room for 2 branches at once; raise parents.%1$s.max-branches and max-branches-per-tenant"
              .formatted(parent.name()));
    }
  }

  @Override
  public void dropBranch(DropBranch request) {
    Step.run(
        progress -> {
          progress.report("branch: deleting it");
          drop(request);
          return true;
        });
  }

  @Override
  public void extendLease(ExtendLease request) {
    Step.run(
        progress -> {
          parents.get(request.ref().parent()).provider().extend(request.ref(), request.deadline());
          registry.extend(request.ref(), request.deadline());
          return true;
        });
  }

  private BranchInfo create(CreateBranch request, Function<BranchProvider, BranchInfo> making) {
    BranchRef ref = request.ref();
    Parents.Parent parent = parents.get(ref.parent());
    requireTtlWithin(parent.config(), request.spec());
    Room room = roomOf(parent);
    Optional<String> mustWait =
        registry.registerInTurn(
            ref,
            parent.provider().kind(),
            request.workflowId(),
            request.runId(),
            request.spec(),
            request.deadline(),
            new BranchLimits(
                parent.config().maxBranches(),
                parent.config().maxBranchesPerTenant(),
                room.branches(),
                room.reason()));
    if (mustWait.isPresent()) {
      throw new OffshootException(ErrorCode.QUEUED, mustWait.get());
    }
    BranchInfo info = createRegistered(request.ref(), parent.provider(), making);
    try {
      registry.ready(ref);
    } catch (OffshootException e) {
      if (e.code() == ErrorCode.BRANCH_GONE) {
        // Dropped while it was being made: nobody would drop it again.
        parent.provider().drop(ref);
      }
      throw e;
    }
    return info;
  }

  /**
   * Before it is registered: a parent that cannot be reached now cannot be cleaned up either, and
   * an experiment that made nothing must end without it. A server that has no connection left even
   * for us has one again when somebody leaves.
   */
  private static Room roomOf(Parents.Parent parent) {
    try {
      parent.provider().requireFit();
      return parent.provider().room();
    } catch (OffshootException e) {
      if (TOO_MANY_CONNECTIONS.equals(e.failure().sqlState())) {
        return Room.none(
            "the server of parent '%s' has no connection free".formatted(parent.config().name()));
      }
      throw e;
    }
  }

  private BranchInfo createRegistered(
      BranchRef ref, BranchProvider provider, Function<BranchProvider, BranchInfo> making) {
    try {
      return making.apply(provider);
    } catch (OffshootException e) {
      if (e.code() == ErrorCode.ID_IN_USE) {
        // What stands there is not ours, so our own drop must not find it in the registry.
        registry.dropped(ref, "refused: the name is in use on the server");
      }
      throw e;
    }
  }

  /** A branch that this run did not register, or that is gone already, is left alone. */
  private void drop(DropBranch request) {
    BranchRef ref = request.ref();
    registry.leaveQueue(ref.experimentId());
    boolean owned =
        registry.living().stream()
            .anyMatch(branch -> branch.ref().equals(ref) && branch.runId().equals(request.runId()));
    if (owned) {
      BranchProvider provider = parents.get(ref.parent()).provider();
      if (!request.frozen()) {
        ReservedSequences.giveBack(provider, ref);
      }
      provider.drop(ref);
      registry.dropped(ref, request.reason());
    }
  }

  private static void requireTtlWithin(ParentConfig parent, ExperimentSpec spec) {
    if (spec.ttl().compareTo(parent.maxTtl()) > 0) {
      throw new OffshootException(
          ErrorCode.BAD_SPEC,
          "ttl: %1$s is longer than parent '%2$s' allows (%3$s); ask for less, or raise offshoot.parents.%2$s.max-ttl"
              .formatted(
                  HumanDuration.format(spec.ttl()),
                  parent.name(),
                  HumanDuration.format(parent.maxTtl())));
    }
  }
}
