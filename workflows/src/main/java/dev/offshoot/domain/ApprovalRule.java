package dev.offshoot.domain;

import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who may approve a merge into one parent, and how many people must.
 *
 * @param approvers their names; empty for everybody but whoever asked for the experiment
 * @param required how many distinct people must approve what has this hazard; one where it says
 *     nothing
 */
public record ApprovalRule(List<String> approvers, Map<Hazard, Integer> required) {
  /** One person, and anybody but the requester. */
  public static final ApprovalRule ANYBODY = new ApprovalRule(null, null);

  public ApprovalRule(@Nullable List<String> approvers, @Nullable Map<Hazard, Integer> required) {
    this.approvers = approvers == null ? List.of() : List.copyOf(approvers);
    this.required =
        required == null || required.isEmpty() ? Map.of() : Map.copyOf(new EnumMap<>(required));
  }

  /** How many distinct people must approve what has these hazards. */
  public int needed(Collection<HazardFinding> hazards) {
    return hazards.stream()
        .mapToInt(finding -> required.getOrDefault(finding.hazard(), 1))
        .max()
        .orElse(1);
  }
}
