package dev.offshoot.policy;

import dev.offshoot.domain.ApprovalRule;
import dev.offshoot.domain.ConflictReport;
import dev.offshoot.domain.HazardFinding;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a decision is weighed against.
 *
 * @param requestedBy who asked for the experiment
 * @param digest the frozen change set under review; absent before there is one
 * @param hazards its hazards
 * @param conflicts that whoever decides is shown; absent while none were met
 * @param settled why no decision counts any more ({@code "the experiment has ended"}); absent while
 *     one does
 * @param rule who may approve
 * @param approvedBy who has approved this change set while more must
 */
public record Review(
    String requestedBy,
    @Nullable String digest,
    List<HazardFinding> hazards,
    @Nullable ConflictReport conflicts,
    @Nullable String settled,
    ApprovalRule rule,
    List<String> approvedBy) {

  /** One that anybody but the requester may approve. */
  public Review(
      String requestedBy,
      @Nullable String digest,
      List<HazardFinding> hazards,
      @Nullable ConflictReport conflicts,
      @Nullable String settled) {
    this(requestedBy, digest, hazards, conflicts, settled, ApprovalRule.ANYBODY, List.of());
  }
}
