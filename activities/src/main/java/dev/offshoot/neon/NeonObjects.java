package dev.offshoot.neon;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What Neon answers, as far as we look at it. Names are the description's; what it requires is
 * required, so that an answer that was cut off is none.
 */
public final class NeonObjects {
  private NeonObjects() {}

  /**
   * @param id {@code br-…}
   * @param parentId branch that it was made of; absent for a root
   * @param parentLsn place in that branch's log that it shows
   * @param state {@code init}, {@code ready} and others
   * @param expiresAt when Neon deletes it by itself
   * @param bytes logical size; absent while it is not known
   */
  public record Branch(
      String id,
      String name,
      @JsonProperty("parent_id") @Nullable String parentId,
      @JsonProperty("parent_lsn") @Nullable String parentLsn,
      @JsonProperty("current_state") String state,
      @JsonProperty("created_at") Instant createdAt,
      @JsonProperty("expires_at") @Nullable Instant expiresAt,
      @JsonProperty("logical_size") @Nullable Long bytes,
      @JsonProperty("default") boolean isDefault) {
    public Branch {
      requireNonNull(id);
      requireNonNull(name);
      requireNonNull(state);
      requireNonNull(createdAt);
    }
  }

  /**
   * @param id {@code ep-…}
   * @param type {@code read_write} or {@code read_only}
   * @param state {@code init}, {@code active} or {@code idle}
   */
  public record Endpoint(
      String id,
      String host,
      String type,
      @JsonProperty("branch_id") String branchId,
      @JsonProperty("current_state") String state) {
    public Endpoint {
      requireNonNull(id);
      requireNonNull(host);
      requireNonNull(type);
      requireNonNull(branchId);
      requireNonNull(state);
    }
  }

  /** How far something is that Neon does by and by. */
  public enum Status {
    @JsonProperty("scheduling")
    SCHEDULING,
    @JsonProperty("running")
    RUNNING,
    @JsonProperty("finished")
    FINISHED,
    @JsonProperty("failed")
    FAILED,
    @JsonProperty("error")
    ERROR,
    @JsonProperty("cancelling")
    CANCELLING,
    @JsonProperty("cancelled")
    CANCELLED,
    @JsonProperty("skipped")
    SKIPPED;

    /** Whether it will not change any more. */
    public boolean isOver() {
      return switch (this) {
        case SCHEDULING, RUNNING, CANCELLING -> false;
        case FINISHED, FAILED, ERROR, CANCELLED, SKIPPED -> true;
      };
    }

    /** Whether what was asked for is done. */
    public boolean isDone() {
      return this == FINISHED || this == SKIPPED;
    }
  }

  /**
   * @param action what Neon calls it: {@code create_branch}, {@code start_compute} …
   */
  public record Operation(String id, String action, Status status) {
    public Operation {
      requireNonNull(id);
      requireNonNull(action);
      requireNonNull(status);
    }
  }

  /**
   * @param value what somebody wrote beside a branch
   */
  public record Annotation(Map<String, String> value) {
    public Annotation {
      requireNonNull(value);
    }
  }

  /**
   * @param postgres major version
   */
  public record Project(String id, String name, @JsonProperty("pg_version") int postgres) {
    public Project {
      requireNonNull(id);
      requireNonNull(name);
    }
  }

  /** A branch with what was written beside it, empty if nothing was. */
  public record Annotated(Branch branch, Map<String, String> annotation) {}

  /** A branch that is being made; the rest of it are the operations to wait for. */
  public record Created(Branch branch, List<Endpoint> endpoints, List<Operation> operations) {
    public Created {
      requireNonNull(branch);
      requireNonNull(endpoints);
      requireNonNull(operations);
    }
  }

  record ProjectAnswer(Project project) {
    ProjectAnswer {
      requireNonNull(project);
    }
  }

  record BranchAnswer(Branch branch, @Nullable Annotation annotation) {
    BranchAnswer {
      requireNonNull(branch);
    }
  }

  record BranchesAnswer(
      List<Branch> branches,
      @Nullable Map<String, Annotation> annotations,
      @Nullable Pagination pagination) {
    BranchesAnswer {
      requireNonNull(branches);
    }
  }

  record Pagination(@Nullable String next) {}

  record OperationAnswer(Operation operation) {
    OperationAnswer {
      requireNonNull(operation);
    }
  }

  record OperationsAnswer(List<Operation> operations) {
    OperationsAnswer {
      requireNonNull(operations);
    }
  }

  record EndpointsAnswer(List<Endpoint> endpoints) {
    EndpointsAnswer {
      requireNonNull(endpoints);
    }
  }

  record UriAnswer(String uri) {
    UriAnswer {
      requireNonNull(uri);
    }

    /** It holds a password. */
    @Override
    public String toString() {
      return "UriAnswer[…]";
    }
  }

  record DiffAnswer(@Nullable String diff) {}

  /**
   * @param code Neon's own word for it
   */
  record ErrorAnswer(@Nullable String code, @Nullable String message) {}
}
