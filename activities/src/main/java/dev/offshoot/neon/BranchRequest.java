package dev.offshoot.neon;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A branch to be made, with an endpoint for reading and writing or without any.
 *
 * @param branch what it is made of
 * @param endpoints one, or none where nobody is to connect
 * @param annotation what is written beside it, by which we know it again
 */
public record BranchRequest(
    Source branch,
    List<Compute> endpoints,
    @JsonProperty("annotation_value") Map<String, String> annotation) {

  /**
   * @param name it, which names it in the project once
   * @param parentId the branch that it shows
   * @param parentLsn at that place of its log; absent for now
   * @param expiresAt when Neon deletes it by itself; whole seconds
   */
  public record Source(
      String name,
      @JsonProperty("parent_id") String parentId,
      @JsonProperty("parent_lsn") @Nullable String parentLsn,
      @JsonProperty("expires_at") Instant expiresAt) {
    public Source {
      expiresAt = expiresAt.truncatedTo(ChronoUnit.SECONDS);
    }
  }

  /**
   * @param type {@code read_write}
   * @param least compute units
   * @param most compute units
   * @param suspendSeconds idle time after which it scales to zero; 0 for Neon's own default, -1 for
   *     never
   */
  public record Compute(
      String type,
      @JsonProperty("autoscaling_limit_min_cu") double least,
      @JsonProperty("autoscaling_limit_max_cu") double most,
      @JsonProperty("suspend_timeout_seconds") int suspendSeconds) {}
}
