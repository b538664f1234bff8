package dev.offshoot.neon;

import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.neon.NeonObjects.Annotated;
import dev.offshoot.neon.NeonObjects.Branch;
import dev.offshoot.neon.NeonObjects.BranchAnswer;
import dev.offshoot.neon.NeonObjects.BranchesAnswer;
import dev.offshoot.neon.NeonObjects.Created;
import dev.offshoot.neon.NeonObjects.DiffAnswer;
import dev.offshoot.neon.NeonObjects.Endpoint;
import dev.offshoot.neon.NeonObjects.EndpointsAnswer;
import dev.offshoot.neon.NeonObjects.Operation;
import dev.offshoot.neon.NeonObjects.OperationAnswer;
import dev.offshoot.neon.NeonObjects.OperationsAnswer;
import dev.offshoot.neon.NeonObjects.Project;
import dev.offshoot.neon.NeonObjects.ProjectAnswer;
import dev.offshoot.neon.NeonObjects.UriAnswer;
import dev.offshoot.step.Progress;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What we ask of one project of Neon. Every call says what it does to {@code progress}, waits for
 * its turn, and throws {@link OffshootException} with the code that says whether to try again.
 * Thread-safe.
 */
public final class NeonApi {
  /** As many as Neon gives at once. */
  private static final int PAGE = 100;

  private static final Duration FIRST_LOOK = Duration.ofMillis(200);
  private static final Duration LONGEST_LOOK = Duration.ofSeconds(5);

  /** A new branch has no address for a moment. */
  private static final Duration PATIENCE_FOR_ADDRESS = Duration.ofMinutes(1);

  private final NeonClient client;
  private final Traffic.Waiting waiting;

  public NeonApi(NeonProject project) {
    this(new NeonClient(project), Traffic.Waiting.REAL);
  }

  NeonApi(NeonClient client, Traffic.Waiting waiting) {
    this.client = client;
    this.waiting = waiting;
  }

  /** The project itself; {@code NOT_FOUND} if the key sees none of that id. */
  public Project project(Progress progress) {
    return client
        .get("", Map.of(), ProjectAnswer.class, "looking at the project", progress)
        .project();
  }

  /** The branch of that name. */
  public Optional<Annotated> named(String name, Progress progress) {
    return branches(name, progress).stream()
        .filter(found -> found.branch().name().equals(name))
        .findFirst();
  }

  /**
   * All branches in whose name or id {@code search} occurs; all if that is empty.
   *
   * @return those that stand when their page is read
   */
  public List<Annotated> branches(String search, Progress progress) {
    List<Annotated> all = new ArrayList<>();
    @Nullable String cursor = null;
    do {
      Map<String, String> query =
          new TreeMap<>(
              Map.of(
                  "sort_by", "created_at", "sort_order", "asc", "limit", Integer.toString(PAGE)));
      if (!search.isEmpty()) {
        query.put("search", search);
      }
      if (cursor != null) {
        query.put("cursor", cursor);
      }
      BranchesAnswer page =
          client.get("/branches", query, BranchesAnswer.class, "listing branches", progress);
      Map<String, NeonObjects.Annotation> annotations =
          page.annotations() == null ? Map.of() : page.annotations();
      for (Branch branch : page.branches()) {
        NeonObjects.Annotation annotation = annotations.get(branch.id());
        all.add(new Annotated(branch, annotation == null ? Map.of() : annotation.value()));
      }
      // The last page may still name a next one, which is empty.
      cursor =
          page.branches().size() < PAGE || page.pagination() == null
              ? null
              : page.pagination().next();
    } while (cursor != null);
    return all;
  }

  /** {@code BRANCH_GONE} if there is none of that id. */
  public Annotated branch(String id, Progress progress) {
    try {
      BranchAnswer answer =
          client.get(
              "/branches/" + checked(id),
              Map.of(),
              BranchAnswer.class,
              "looking at a branch",
              progress);
      return new Annotated(
          answer.branch(), answer.annotation() == null ? Map.of() : answer.annotation().value());
    } catch (OffshootException e) {
      throw gone(e);
    }
  }

  /**
   * Makes a branch with an endpoint, and returns at once.
   *
   * @throws OffshootException {@code ID_IN_USE} if there is one of that name
   */
  public Created create(BranchRequest request, Progress progress) {
    return client.change("POST", "/branches", request, Created.class, "making a branch", progress);
  }

  /** Moves the time at which Neon deletes it by itself. */
  public void expire(String id, Instant at, Progress progress) {
    record Change(Map<String, Instant> branch) {}
    try {
      client.change(
          "PATCH",
          "/branches/" + checked(id),
          new Change(Map.of("expires_at", at.truncatedTo(ChronoUnit.SECONDS))),
          BranchAnswer.class,
          "moving the end of a branch",
          progress);
    } catch (OffshootException e) {
      throw gone(e);
    }
  }

  /** Begins to delete it and says what is still to be waited for; nothing if it is gone. */
  public List<Operation> delete(String id, Progress progress) {
    try {
      return client
          .delete(
              "/branches/" + checked(id),
              Map.of(),
              OperationsAnswer.class,
              "deleting a branch",
              progress)
          .map(OperationsAnswer::operations)
          .orElse(List.of());
    } catch (OffshootException e) {
      if (e.code() == ErrorCode.NOT_FOUND) {
        return List.of();
      }
      throw e;
    }
  }

  public List<Endpoint> endpoints(String branch, Progress progress) {
    try {
      return client
          .get(
              "/branches/" + checked(branch) + "/endpoints",
              Map.of(),
              EndpointsAnswer.class,
              "looking for the endpoint of a branch",
              progress)
          .endpoints();
    } catch (OffshootException e) {
      throw gone(e);
    }
  }

  /** Wakes an endpoint that has scaled to zero. */
  public List<Operation> start(String endpoint, Progress progress) {
    return endpoint(endpoint, "start", "starting an endpoint", progress);
  }

  /** Lets an endpoint scale to zero now. */
  public List<Operation> suspend(String endpoint, Progress progress) {
    return endpoint(endpoint, "suspend", "suspending an endpoint", progress);
  }

  private List<Operation> endpoint(String id, String what, String doing, Progress progress) {
    return client
        .change(
            "POST",
            "/endpoints/%s/%s".formatted(checked(id), what),
            null,
            OperationsAnswer.class,
            doing,
            progress)
        .operations();
  }

  /**
   * The address of a branch for that role. That Neon does not know it yet is waited for.
   *
   * @param pooled by way of Neon's pool, which keeps no state of a session
   * @throws OffshootException {@code BRANCH_GONE} if it has none after a while
   */
  public ConnectionAddress address(
      String branch, String database, String role, boolean pooled, Progress progress) {
    long end = waiting.nanos() + PATIENCE_FOR_ADDRESS.toNanos();
    Duration pause = FIRST_LOOK;
    while (true) {
      try {
        String uri =
            client
                .get(
                    "/connection_uri",
                    Map.of(
                        "branch_id",
                        checked(branch),
                        "database_name",
                        database,
                        "role_name",
                        role,
                        "pooled",
                        Boolean.toString(pooled)),
                    UriAnswer.class,
                    "asking for the address of a branch",
                    progress)
                .uri();
        return ConnectionAddress.parse(uri)
            .orElseThrow(
                () ->
                    new OffshootException(
                        ErrorCode.PARENT_UNSUITABLE,
                        "parent '%s': Neon gives an address for role %s that is none with a password; reset the role's password there"
                            .formatted(client.project().parent(), role)));
      } catch (OffshootException e) {
        if (e.code() != ErrorCode.NOT_FOUND || waiting.nanos() > end) {
          throw gone(e);
        }
      }
      progress.report("neon: waiting for the address of the branch");
      waiting.pause(pause, progress);
      pause = longer(pause);
    }
  }

  /** Neon's own comparison of two schemas, as a unified diff; empty if it sees no difference. */
  public String compareSchema(String branch, String base, String database, Progress progress) {
    DiffAnswer answer =
        client.get(
            "/branches/" + checked(branch) + "/compare_schema",
            Map.of("base_branch_id", checked(base), "db_name", database),
            DiffAnswer.class,
            "comparing schemas",
            progress);
    return answer.diff() == null ? "" : answer.diff();
  }

  /**
   * Waits until Neon has done all of these, as long as it takes; the caller's time limit ends it.
   *
   * @throws OffshootException {@code PARENT_UNREACHABLE} if one fails
   */
  public void await(List<Operation> operations, Progress progress) {
    for (Operation begun : operations) {
      Operation now = begun;
      Duration pause = FIRST_LOOK;
      while (!now.status().isOver()) {
        progress.report("neon: %s".formatted(now.action()));
        waiting.pause(pause, progress);
        pause = longer(pause);
        now =
            client
                .get(
                    "/operations/" + checked(begun.id()),
                    Map.of(),
                    OperationAnswer.class,
                    "looking at an operation",
                    progress)
                .operation();
      }
      if (!now.status().isDone()) {
        throw new OffshootException(
            ErrorCode.PARENT_UNREACHABLE,
            "parent '%s': Neon's operation %s (%s) ended as %s; tried again"
                .formatted(client.project().parent(), now.id(), now.action(), now.status()));
      }
    }
  }

  private static Duration longer(Duration pause) {
    Duration longer = pause.multipliedBy(3).dividedBy(2);
    return longer.compareTo(LONGEST_LOOK) < 0 ? longer : LONGEST_LOOK;
  }

  private static OffshootException gone(OffshootException e) {
    return e.code() == ErrorCode.NOT_FOUND
        ? new OffshootException(ErrorCode.BRANCH_GONE, e.failure().message(), e)
        : e;
  }

  /** Ids come from Neon, and go into paths. */
  private static String checked(String id) {
    if (!NeonProject.isId(id)) {
      throw new IllegalArgumentException("no id of Neon's");
    }
    return id;
  }
}
