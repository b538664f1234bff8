package dev.offshoot.policy;

import dev.offshoot.domain.Hazard;
import dev.offshoot.domain.Severity;
import java.util.List;
import java.util.Map;

/**
 * How one parent weighs hazards.
 *
 * @param severities hazards that weigh differently from their default
 * @param maxChangedRows changed rows above which an experiment's own limit cannot go
 * @param limits from where on an effect is a hazard
 * @param sensitive tables and columns that are not to be written unnoticed
 */
public record HazardSettings(
    Map<Hazard, Severity> severities,
    long maxChangedRows,
    HazardLimits limits,
    List<SensitiveName> sensitive) {

  /** No other severity, a million rows, the usual limits, nothing sensitive. */
  public static final HazardSettings DEFAULT = of(Map.of(), 1_000_000);

  public HazardSettings {
    severities = Map.copyOf(severities);
    sensitive = List.copyOf(sensitive);
  }

  /** With the usual limits and nothing sensitive. */
  public static HazardSettings of(Map<Hazard, Severity> severities, long maxChangedRows) {
    return new HazardSettings(severities, maxChangedRows, HazardLimits.DEFAULT, List.of());
  }

  /** How much {@code hazard} weighs here. */
  public Severity severity(Hazard hazard) {
    return severities.getOrDefault(hazard, hazard.defaultSeverity());
  }
}
