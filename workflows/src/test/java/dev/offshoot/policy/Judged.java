package dev.offshoot.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.Hazard;
import dev.offshoot.domain.HazardFinding;
import java.util.List;

/** What the policy says of changes, for tests. */
final class Judged {
  private Judged() {}

  static List<HazardFinding> hazards(Changes changes, HazardSettings settings) {
    ExperimentSpec spec =
        ExperimentSpec.builder()
            .goal("tidy up")
            .parent("shop")
            .requestedBy("agent-7")
            .statement("SELECT 1")
            .build();
    return HazardPolicy.hazards(spec, Changes.noReport(), changes.summary(), settings);
  }

  static List<Hazard> names(Changes changes) {
    return names(changes, HazardSettings.DEFAULT);
  }

  static List<Hazard> names(Changes changes, HazardSettings settings) {
    return hazards(changes, settings).stream().map(HazardFinding::hazard).toList();
  }

  static String evidence(Changes changes, Hazard hazard) {
    return evidence(changes, hazard, HazardSettings.DEFAULT);
  }

  static String evidence(Changes changes, Hazard hazard, HazardSettings settings) {
    List<HazardFinding> found =
        hazards(changes, settings).stream().filter(f -> f.hazard() == hazard).toList();
    assertThat(found).hasSize(1);
    return found.get(0).evidence();
  }
}
