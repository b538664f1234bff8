package dev.offshoot.policy;

import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ExperimentReport;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.Hazard;
import dev.offshoot.domain.HazardFinding;
import java.util.List;

/**
 * What is dangerous about a change set, told from its effects: what rows and definitions became,
 * and what a merge would run on the parent. A harmless addition (a nullable column, a table, a
 * plain index, inserted rows, a small update) raises nothing.
 *
 * <p>In doubt a hazard is raised: a needless one costs a person a glance.
 */
public final class HazardPolicy {
  private HazardPolicy() {}

  /** Each hazard at most once, most severe first, with what shows it. */
  public static List<HazardFinding> hazards(
      ExperimentSpec spec,
      ExperimentReport report,
      ChangeSummary changes,
      HazardSettings settings) {
    Findings findings = new Findings();
    RowHazards.find(spec, changes, settings, findings);
    SchemaHazards.find(changes, findings);
    SensitiveHazards.find(changes, settings.sensitive(), findings);
    CodeHazards.find(spec, changes, findings);
    CodeHazards.findWaysOut(changes, findings);
    SuspectText.find(spec, report, changes, findings);
    String obstacle = changes.reversal().obstacle();
    if (obstacle != null) {
      findings.add(Hazard.NOT_REVERTIBLE, obstacle);
    }
    return findings.weighed(settings);
  }

  /**
   * Whether a rule knows this type of object of a catalog fingerprint; a change of any other is
   * unclassified.
   */
  public static boolean places(String objectType) {
    return SchemaHazards.places(objectType);
  }
}
