package dev.offshoot.ledger;

import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ExperimentRow;
import dev.offshoot.domain.ExperimentSpec;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which branches were made, for whom and until when. Thread-safe, every call its own transaction.
 */
public interface BranchRegistry {

  /**
   * Remembers a branch before it exists. Calling it again for the same run is fine.
   *
   * @throws dev.offshoot.domain.OffshootException {@code ID_IN_USE} if another run has had this
   *     experiment id; says who asked for it and when
   */
  void register(
      BranchRef ref,
      String provider,
      String workflowId,
      String runId,
      ExperimentSpec spec,
      Instant deadline);

  /** Notes that the branch stands. */
  void ready(BranchRef ref);

  /** Notes a new end of the lease. */
  void extend(BranchRef ref, Instant deadline);

  /** Notes that the branch is gone; keeps the first reason. */
  void dropped(BranchRef ref, String reason);

  /** Branches that may stand, oldest first. */
  List<Registered> living();

  /** Experiments, newest first. */
  List<ExperimentRow> experiments(@Nullable String parent, @Nullable String tenant, int limit);

  /**
   * @param ref the branch
   * @param provider kind of home
   * @param workflowId who owns it
   * @param runId the owning run
   * @param deadline end of its lease
   */
  record Registered(
      BranchRef ref, String provider, String workflowId, String runId, Instant deadline) {}
}
