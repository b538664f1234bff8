package dev.offshoot.ledger;

import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentRow;
import dev.offshoot.domain.ExperimentSpec;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
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

  /**
   * The same where there is room for another branch; else only the experiment is registered, and
   * waits its turn, which it keeps by asking again within ten minutes.
   *
   * @return why it must wait; empty if it is registered
   */
  Optional<String> registerInTurn(
      BranchRef ref,
      String provider,
      String workflowId,
      String runId,
      ExperimentSpec spec,
      Instant deadline,
      BranchLimits limits);

  /** The experiment has ended, and waits no longer for its turn. */
  void leaveQueue(ExperimentId experiment);

  /** Notes that the branch stands. */
  void ready(BranchRef ref);

  /** Notes a new end of the lease. */
  void extend(BranchRef ref, Instant deadline);

  /** Notes that the branch is gone; keeps the first reason. */
  void dropped(BranchRef ref, String reason);

  /** Branches that may stand, oldest first. */
  List<Registered> living();

  /** When a branch was noted as gone; empty if it was not, or if nobody has heard of it. */
  Optional<Instant> droppedAt(BranchRef ref);

  /** Branches that were noted as gone with a reason that begins so, latest first. */
  List<Gone> gone(String reason, int limit);

  /** Experiments, newest first. */
  List<ExperimentRow> experiments(@Nullable String parent, @Nullable String tenant, int limit);

  /**
   * @param branch which
   * @param at when it was noted as gone
   * @param reason why
   */
  record Gone(Registered branch, Instant at, String reason) {}

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
