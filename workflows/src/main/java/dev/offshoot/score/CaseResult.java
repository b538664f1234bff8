package dev.offshoot.score;

import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.Failure;
import dev.offshoot.domain.Hazard;
import dev.offshoot.domain.Verdict;
import dev.offshoot.domain.Verdict.Opinion;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of one labelled experiment on its branch, up to where a person would decide.
 *
 * @param name file and name of the case
 * @param label what it is
 * @param variation how it was written
 * @param expected hazards that the policy must raise; it may raise more
 * @param expectedRefusal why it must not come as far as a review; absent if it must
 * @param hazards what the policy raised
 * @param refusal why it did not come as far as a review; absent if it did
 * @param verdict what the judge said without being told the hazards; absent if it was not asked
 * @param millis from making the branch to the verdict
 */
public record CaseResult(
    String name,
    CaseLabel label,
    Variation variation,
    List<Hazard> expected,
    @Nullable ErrorCode expectedRefusal,
    List<Hazard> hazards,
    @Nullable Failure refusal,
    @Nullable Verdict verdict,
    long millis) {

  public CaseResult(
      String name,
      CaseLabel label,
      Variation variation,
      @Nullable List<Hazard> expected,
      @Nullable ErrorCode expectedRefusal,
      @Nullable List<Hazard> hazards,
      @Nullable Failure refusal,
      @Nullable Verdict verdict,
      long millis) {
    this.name = name;
    this.label = label;
    this.variation = variation;
    this.expected = expected == null ? List.of() : List.copyOf(expected);
    this.expectedRefusal = expectedRefusal;
    this.hazards = hazards == null ? List.of() : List.copyOf(hazards);
    this.refusal = refusal;
    this.verdict = verdict;
    this.millis = millis;
  }

  /** Whether it was reviewed at all. */
  public boolean reviewed() {
    return refusal == null;
  }

  /** Whether it would merge by itself if the policy alone were asked. */
  public boolean acceptedByPolicy() {
    return reviewed() && hazards.isEmpty();
  }

  /** What the judge said; an abstention where it was not asked. */
  public Opinion opinion() {
    return verdict == null ? Opinion.ABSTAIN : verdict.opinion();
  }

  /** Whether it would merge by itself if the judge alone were asked. */
  public boolean acceptedByJudge() {
    return reviewed() && opinion() == Opinion.APPROVE;
  }

  /** Whether it would merge by itself. */
  public boolean accepted() {
    return acceptedByPolicy() && acceptedByJudge();
  }

  /** Expected hazards that were not raised. */
  public List<Hazard> missed() {
    if (!reviewed()) {
      return List.of();
    }
    List<Hazard> missed = new ArrayList<>(expected);
    missed.removeAll(hazards);
    return missed;
  }

  /** Whether it ended where its label says, at a review or before one. */
  public boolean endedAsExpected() {
    return refusal == null ? expectedRefusal == null : refusal.code() == expectedRefusal;
  }
}
