package dev.offshoot.policy;

import dev.offshoot.domain.Hazard;
import dev.offshoot.domain.Severity;
import java.util.Map;

/**
 * How one parent weighs hazards.
 *
 * @param severities hazards that weigh differently from their default
 * @param maxChangedRows changed rows above which an experiment's own limit cannot go
 * @param manyRowsShare share of a table's rows, 0 to 1, from which an update is a large one
 * @param manyRows changed rows below which no update is a large one
 */
public record HazardSettings(
    Map<Hazard, Severity> severities, long maxChangedRows, double manyRowsShare, long manyRows) {
  private static final double HALF_THE_TABLE = 0.5;
  private static final long A_HUNDRED_ROWS = 100;

  /** No other severity, a million rows, half of a table from a hundred rows on. */
  public static final HazardSettings DEFAULT = of(Map.of(), 1_000_000);

  public HazardSettings {
    severities = Map.copyOf(severities);
  }

  /** As a parent's configuration says, with the usual thresholds. */
  public static HazardSettings of(Map<Hazard, Severity> severities, long maxChangedRows) {
    return new HazardSettings(severities, maxChangedRows, HALF_THE_TABLE, A_HUNDRED_ROWS);
  }

  /** How much {@code hazard} weighs here. */
  public Severity severity(Hazard hazard) {
    return severities.getOrDefault(hazard, hazard.defaultSeverity());
  }
}
