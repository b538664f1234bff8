package dev.offshoot.policy;

import dev.offshoot.domain.Hazard;
import dev.offshoot.domain.HazardFinding;
import dev.offshoot.domain.ShownText;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Collects evidence by hazard while the rules look. Not thread-safe. */
final class Findings {
  private static final int MOST_EVIDENCE = 5;
  private static final int MOST_CHARACTERS = 200;

  private final Map<Hazard, Set<String>> evidence = new EnumMap<>(Hazard.class);

  /** Adds one observation; the same one twice counts once. */
  void add(Hazard hazard, String observed) {
    evidence
        .computeIfAbsent(hazard, h -> new LinkedHashSet<>())
        .add(ShownText.oneLine(observed, MOST_CHARACTERS));
  }

  boolean has(Hazard hazard) {
    return evidence.containsKey(hazard);
  }

  /** Each hazard once, most severe first. */
  List<HazardFinding> weighed(HazardSettings settings) {
    List<HazardFinding> findings = new ArrayList<>();
    evidence.forEach(
        (hazard, observed) ->
            findings.add(new HazardFinding(hazard, settings.severity(hazard), text(observed))));
    findings.sort(
        Comparator.comparing(HazardFinding::severity)
            .reversed()
            .thenComparing(HazardFinding::hazard));
    return List.copyOf(findings);
  }

  private static String text(Set<String> observed) {
    String first = String.join("; ", observed.stream().limit(MOST_EVIDENCE).toList());
    int more = observed.size() - MOST_EVIDENCE;
    return more > 0 ? "%s; and %d more".formatted(first, more) : first;
  }
}
