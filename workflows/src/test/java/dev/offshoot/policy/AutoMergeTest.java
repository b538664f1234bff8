package dev.offshoot.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.Hazard;
import dev.offshoot.domain.HazardFinding;
import dev.offshoot.domain.Judgement;
import dev.offshoot.domain.Severity;
import dev.offshoot.domain.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;

class AutoMergeTest {
  private static final List<HazardFinding> NONE = List.of();

  @Test
  void mergeWithoutAPerson_needsTheWishNoHazardAndTheJudge() {
    assertThat(allows(true, NONE, Verdict.Opinion.APPROVE)).isTrue();
    assertThat(allows(false, NONE, Verdict.Opinion.APPROVE)).isFalse();
    assertThat(allows(true, NONE, Verdict.Opinion.ABSTAIN)).isFalse();
    assertThat(allows(true, NONE, Verdict.Opinion.REJECT)).isFalse();
    assertThat(
            allows(
                true,
                List.of(new HazardFinding(Hazard.DELETES_ROWS, Severity.NOTICE, "t")),
                Verdict.Opinion.APPROVE))
        .isFalse();
  }

  private static boolean allows(
      boolean wished, List<HazardFinding> hazards, Verdict.Opinion opinion) {
    ExperimentSpec spec =
        ExperimentSpec.builder()
            .goal("tidy up")
            .parent("shop")
            .requestedBy("agent-7")
            .statement("SELECT 1")
            .autoMerge(wished)
            .build();
    return AutoMerge.allows(spec, new Judgement("abc", hazards, Verdict.of(opinion, "judge"), 1));
  }
}
