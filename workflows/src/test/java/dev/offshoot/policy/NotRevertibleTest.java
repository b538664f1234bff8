package dev.offshoot.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ExperimentReport;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.Hazard;
import dev.offshoot.domain.HazardFinding;
import dev.offshoot.domain.Reversal;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the rehearsal of the revert found out is what the hazard says. */
class NotRevertibleTest {
  @Test
  void obstacle_isTheHazardsEvidence() {
    assertThat(hazards("no statement is known that takes back changed type public.mood"))
        .filteredOn(finding -> finding.hazard() == Hazard.NOT_REVERTIBLE)
        .singleElement()
        .extracting(HazardFinding::evidence)
        .isEqualTo("no statement is known that takes back changed type public.mood");
  }

  @Test
  void withoutAnObstacle_thereIsNoHazard() {
    assertThat(hazards(null)).isEmpty();
  }

  private static List<HazardFinding> hazards(@Nullable String obstacle) {
    ChangeSummary changes =
        new ChangeSummary(
            "abc",
            List.of(),
            0,
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            1,
            new Reversal(null, List.of(), List.of(), obstacle),
            null);
    return HazardPolicy.hazards(
        ExperimentSpec.builder().goal("x").parent("shop").requestedBy("me").statement("x").build(),
        new ExperimentReport(List.of(), List.of(), List.of(), List.of(), 1),
        changes,
        HazardSettings.DEFAULT);
  }
}
