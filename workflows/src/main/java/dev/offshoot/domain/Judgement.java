package dev.offshoot.domain;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that policy and judge found in a change set.
 *
 * @param digest the change set it is about
 * @param hazards each hazard once, most severe first
 * @param verdict the judge's advice
 * @param millis how long it took
 * @param approval who may approve it; anybody but the requester if absent
 */
public record Judgement(
    String digest,
    List<HazardFinding> hazards,
    Verdict verdict,
    long millis,
    ApprovalRule approval) {

  public Judgement(
      String digest,
      List<HazardFinding> hazards,
      Verdict verdict,
      long millis,
      @Nullable ApprovalRule approval) {
    this.digest = digest;
    this.hazards = hazards;
    this.verdict = verdict;
    this.millis = millis;
    this.approval = approval == null ? ApprovalRule.ANYBODY : approval;
  }

  /** One that anybody but the requester may approve. */
  public Judgement(String digest, List<HazardFinding> hazards, Verdict verdict, long millis) {
    this(digest, hazards, verdict, millis, ApprovalRule.ANYBODY);
  }
}
