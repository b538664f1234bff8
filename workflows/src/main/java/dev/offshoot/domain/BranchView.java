package dev.offshoot.domain;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A branch as ledger, home and Temporal know it.
 *
 * @param ref which
 * @param name of its database or branch at its home
 * @param provider kind of home; absent where only the home knows of it
 * @param state how it is
 * @param owner how the workflow is that owns it
 * @param workflowId that workflow
 * @param deadline end of its lease, as far as known
 * @param droppedAt when it was noted as gone
 * @param note what there is to say
 */
public record BranchView(
    BranchRef ref,
    String name,
    @Nullable String provider,
    State state,
    Owner owner,
    String workflowId,
    @Nullable Instant deadline,
    @Nullable Instant droppedAt,
    @Nullable String note) {

  /** How a branch is. */
  public enum State {
    /** It is registered and its home has it. */
    STANDS,
    /** It is registered, and its home does not have it, whole: it is being made or deleted. */
    INCOMPLETE,
    /** It is registered, and its home does not answer. */
    UNKNOWN,
    /** Its home has it though it was noted as gone; the janitor deletes it. */
    LEFT_BEHIND,
    /**
     * Its home has it and this ledger has never heard of it: another installation's, or the ledger
     * was lost. Nobody but a person deletes it.
     */
    UNREGISTERED,
    /** The janitor has deleted it. */
    SWEPT
  }

  /** How the workflow is that owns it. */
  public enum Owner {
    RUNNING,
    ENDED,
    /** Temporal knows no such workflow. */
    UNKNOWN,
    /** Temporal does not answer. */
    NOT_TOLD
  }
}
