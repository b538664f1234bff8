package dev.offshoot.branch;

import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.neon.BranchRequest;
import dev.offshoot.neon.NeonApi;
import dev.offshoot.neon.NeonObjects.Annotated;
import dev.offshoot.neon.NeonObjects.Branch;
import dev.offshoot.neon.NeonObjects.Created;
import dev.offshoot.neon.SchemaPatch;
import dev.offshoot.step.Progress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Those branches of a Neon project that are ours: named as our databases are elsewhere, and known
 * by the marker that is written beside them when they are made. Thread-safe.
 */
final class NeonBranches {
  private static final String MARKER = "offshoot";
  private static final String EXPERIMENT = "offshoot-experiment";
  private static final String WORKFLOW = "offshoot-workflow";
  private static final String PREFIX = "offshoot_";
  private static final String SCRATCH = "_scratch";

  /** Neon takes no later end; it is moved with the lease. */
  private static final Duration LATEST_END = Duration.ofDays(30).minusMinutes(5);

  /** Time after the deadline for the steps that end an experiment. */
  private static final Duration GRACE = Duration.ofMinutes(30);

  private final NeonApi api;
  private final NeonHome home;
  private final String parent;
  private volatile @Nullable String parentId;

  /**
   * @param parent its name as configured
   */
  NeonBranches(NeonApi api, NeonHome home, String parent) {
    this.api = api;
    this.home = home;
    this.parent = parent;
  }

  /** Name of the throw-away copy of today's parent on which a merge is rehearsed. */
  static String scratchName(BranchRef ref) {
    return ref.branchName() + SCRATCH;
  }

  /** The id of the branch that is the parent; asked for once, since an id is for ever. */
  String parentId(Progress progress) {
    String known = parentId;
    if (known == null) {
      known = askForParentId(progress);
      parentId = known;
    }
    return known;
  }

  private String askForParentId(Progress progress) {
    String wanted = home.branch();
    if (wanted != null && wanted.startsWith("br-")) {
      return wanted;
    }
    Optional<Annotated> found =
        wanted == null
            ? api.branches("", progress).stream()
                .filter(each -> each.branch().isDefault())
                .findFirst()
            : api.named(wanted, progress);
    return found
        .map(each -> each.branch().id())
        .orElseThrow(
            () ->
                new OffshootException(
                    ErrorCode.PARENT_UNSUITABLE,
                    "parent '%1$s': its project has no branch %2$s; correct parents.%1$s.neon.branch"
                        .formatted(parent, wanted == null ? "that is its default" : wanted)));
  }

  /** The id of a branch of ours; empty if there is none of that name that is this parent's. */
  Optional<String> id(String name, Progress progress) {
    return api.named(name, progress)
        .filter(
            found -> markerOf(found).filter(marker -> marker.parent().equals(parent)).isPresent())
        .map(found -> found.branch().id());
  }

  /**
   * What Neon's own comparison says of base and branch.
   *
   * @throws OffshootException {@code BRANCH_GONE} if one of them is not there
   */
  SchemaPatch compare(BranchRef ref, String database, Progress progress) {
    return SchemaPatch.of(
        api.compareSchema(
            standing(ref.branchName(), progress),
            standing(ref.baseName(), progress),
            database,
            progress));
  }

  private String standing(String name, Progress progress) {
    return id(name, progress)
        .orElseThrow(
            () -> new OffshootException(ErrorCode.BRANCH_GONE, name + " is not there any more"));
  }

  /**
   * The branch of that name if it is of that making.
   *
   * @throws OffshootException {@code ID_IN_USE} if it is something else
   */
  Optional<Branch> find(String name, Marker marker, Progress progress) {
    Optional<Annotated> found = api.named(name, progress);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Optional<Marker> standing = markerOf(found.get());
    if (standing.isPresent() && standing.get().isOfTheSameMaking(marker)) {
      return Optional.of(found.get().branch());
    }
    throw new OffshootException(
        ErrorCode.ID_IN_USE,
        standing.isPresent()
            ? "id: the project of parent '%s' has branch %s already, made for an experiment of the same id that began elsewhere or earlier; choose another id"
                .formatted(parent, name)
            : "id: the project of parent '%s' has a branch %s that is not ours; choose another id or delete that branch"
                .formatted(parent, name));
  }

  /**
   * Makes a branch and waits until it is there. One that an answer was lost of is taken over.
   *
   * @param lsn the place of the parent's log that it shows; absent for now
   */
  Branch make(String name, BranchRef ref, Marker marker, @Nullable String lsn, Progress progress) {
    BranchRequest.Compute compute =
        new BranchRequest.Compute(
            "read_write",
            home.leastCompute(),
            home.mostCompute(),
            (int) home.suspendAfter().toSeconds());
    return make(name, ref, marker, lsn, List.of(compute), progress);
  }

  /** Makes a branch without a server, which only marks a place of the parent's log. */
  Branch makeStem(BranchRef stem, Marker marker, Progress progress) {
    return make(stem.baseName(), stem, marker, null, List.of(), progress);
  }

  /**
   * What {@link #makeStem} made.
   *
   * @throws OffshootException {@code BRANCH_GONE} if it is not there
   */
  Branch stem(BranchRef stem, Progress progress) {
    return api.named(stem.baseName(), progress)
        .filter(found -> markerOf(found).filter(each -> each.ref().equals(stem)).isPresent())
        .map(Annotated::branch)
        .orElseThrow(
            () ->
                new OffshootException(
                    ErrorCode.BRANCH_GONE,
                    "the branch of parent '%s' that all variants begin from is not there any more"
                        .formatted(parent)));
  }

  private Branch make(
      String name,
      BranchRef ref,
      Marker marker,
      @Nullable String lsn,
      List<BranchRequest.Compute> computes,
      Progress progress) {
    BranchRequest request =
        new BranchRequest(
            new BranchRequest.Source(name, parentId(progress), lsn, end(marker.deadline())),
            computes,
            Map.of(
                MARKER,
                marker.toJson(),
                EXPERIMENT,
                ref.experimentId().value(),
                WORKFLOW,
                ref.experimentId().workflowId()));
    try {
      Created created = api.create(request, progress);
      api.await(created.operations(), progress);
      return created.branch();
    } catch (OffshootException e) {
      if (e.code() != ErrorCode.ID_IN_USE) {
        throw e;
      }
      return find(name, marker, progress).orElseThrow(() -> e);
    }
  }

  /** Moves the end of a branch; fine if it is gone. */
  void extend(String name, Instant deadline, Progress progress) {
    Optional<String> id = id(name, progress);
    if (id.isPresent()) {
      try {
        api.expire(id.get(), end(deadline), progress);
      } catch (OffshootException e) {
        if (e.code() != ErrorCode.BRANCH_GONE) {
          throw e;
        }
      }
    }
  }

  /** Deletes those of a branch that stand and are ours, and waits until they are gone. */
  void delete(BranchRef ref, Progress progress) {
    delete(ref, List.of(ref.branchName(), ref.baseName(), scratchName(ref)), progress);
  }

  /** The same of its throw-away copy alone. */
  void deleteScratch(BranchRef ref, Progress progress) {
    delete(ref, List.of(scratchName(ref)), progress);
  }

  private void delete(BranchRef ref, List<String> names, Progress progress) {
    for (Annotated found : api.branches(ref.branchName(), progress)) {
      boolean isOurs =
          names.contains(found.branch().name())
              && markerOf(found).filter(marker -> marker.parent().equals(parent)).isPresent();
      if (isOurs) {
        api.await(api.delete(found.branch().id(), progress), progress);
      }
    }
  }

  /** Branches of this parent that stand, in whole or in part. */
  List<BranchRef> standing(Progress progress) {
    return api.branches(PREFIX, progress).stream()
        .flatMap(found -> markerOf(found).stream())
        .filter(marker -> marker.parent().equals(parent))
        .map(Marker::ref)
        .distinct()
        .toList();
  }

  /** A name that is none of ours is somebody else's branch, whatever is written beside it. */
  private static Optional<Marker> markerOf(Annotated found) {
    return Marker.parse(found.annotation().get(MARKER))
        .filter(
            marker ->
                Stream.of(
                        marker.ref().branchName(),
                        marker.ref().baseName(),
                        scratchName(marker.ref()))
                    .anyMatch(found.branch().name()::equals));
  }

  private static Instant end(Instant deadline) {
    Instant latest = Instant.now().plus(LATEST_END);
    Instant wanted = deadline.plus(GRACE);
    return wanted.isBefore(latest) ? wanted : latest;
  }
}
