package dev.offshoot.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.domain.Candidate;
import dev.offshoot.domain.Cost;
import dev.offshoot.domain.Hazard;
import dev.offshoot.domain.HazardFinding;
import dev.offshoot.domain.Proposal;
import dev.offshoot.domain.Severity;
import dev.offshoot.domain.Verdict;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class VariantOrderTest {
  private static final HazardFinding NOTICE =
      new HazardFinding(Hazard.DELETES_ROWS, Severity.NOTICE, "t");
  private static final HazardFinding NAMED =
      new HazardFinding(Hazard.DROPS_COLUMN, Severity.NEEDS_NAME, "t");
  private static final HazardFinding FORBIDDEN =
      new HazardFinding(Hazard.DROPS_TABLE, Severity.FORBIDDEN, "t");

  private static Candidate candidate(
      int number, Verdict.Opinion opinion, long rows, HazardFinding... hazards) {
    return new Candidate(
        number,
        "v",
        new Proposal(
            "abc",
            rows,
            0,
            0,
            0,
            List.of(),
            List.of(),
            Arrays.asList(hazards),
            Verdict.of(opinion, "judge", "so"),
            1,
            0,
            1,
            1,
            0,
            new Cost(null, 0, 0, 0)));
  }

  private static List<Integer> order(Candidate... candidates) {
    return VariantOrder.of(List.of(candidates)).order();
  }

  @Test
  void whatMayNotBeMerged_isLast_howeverSmall() {
    assertThat(
            order(
                candidate(1, Verdict.Opinion.APPROVE, 1, FORBIDDEN),
                candidate(2, Verdict.Opinion.REJECT, 99, NAMED)))
        .containsExactly(2, 1);
  }

  @Test
  void whatTheJudgeApproves_isBeforeWhatHasFewerHazards() {
    assertThat(
            order(
                candidate(1, Verdict.Opinion.REJECT, 1),
                candidate(2, Verdict.Opinion.ABSTAIN, 1),
                candidate(3, Verdict.Opinion.APPROVE, 1, NOTICE)))
        .containsExactly(3, 2, 1);
  }

  @Test
  void ofEquals_theSmallerIsFirst_thenTheEarlier() {
    assertThat(
            order(
                candidate(1, Verdict.Opinion.APPROVE, 9),
                candidate(2, Verdict.Opinion.APPROVE, 2),
                candidate(3, Verdict.Opinion.APPROVE, 2)))
        .containsExactly(2, 3, 1);
  }

  @Test
  void hazardThatMustBeNamed_weighsMoreThanAnyNotice() {
    assertThat(
            order(
                candidate(1, Verdict.Opinion.APPROVE, 1, NAMED),
                candidate(2, Verdict.Opinion.APPROVE, 1, NOTICE, NOTICE, NOTICE)))
        .containsExactly(2, 1);
  }
}
