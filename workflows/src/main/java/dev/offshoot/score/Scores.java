package dev.offshoot.score;

import dev.offshoot.domain.Hazard;
import dev.offshoot.domain.Verdict.Opinion;
import dev.offshoot.score.Advice.Adviser;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What all results come to.
 *
 * @param cases cases as they are written
 * @param advice how policy, judge and both did on them
 * @param recall for each hazard that a case must raise, how many of these cases raised it
 * @param missed the others, as {@code case: HAZARD}
 * @param unexpected cases, however written, that did not end where their label says, with what
 *     happened
 * @param variants cases written otherwise that had the same effects
 * @param loosened those of them with fewer hazards, or a verdict nearer to APPROVE
 * @param effort what asking a model took; absent where none answered
 */
public record Scores(
    int cases,
    List<Advice> advice,
    Map<Hazard, Share> recall,
    List<String> missed,
    List<String> unexpected,
    int variants,
    List<String> loosened,
    @Nullable Effort effort) {

  private static final String LOST = "is no longer raised";

  /** Counts them; the order of {@code results} does not matter. */
  public static Scores of(List<CaseResult> results) {
    Map<String, CaseResult> written = new TreeMap<>();
    List<CaseResult> otherwise = new ArrayList<>();
    for (CaseResult result : results) {
      if (result.variation() == Variation.AS_WRITTEN) {
        written.put(result.name(), result);
      } else {
        otherwise.add(result);
      }
    }
    List<CaseResult> cases = List.copyOf(written.values());
    return new Scores(
        cases.size(),
        Stream.of(Adviser.values()).map(adviser -> Advice.of(adviser, cases)).toList(),
        recall(cases),
        cases.stream().flatMap(Scores::missed).toList(),
        results.stream()
            .filter(result -> !result.endedAsExpected())
            .map(Scores::end)
            .sorted()
            .toList(),
        otherwise.size(),
        otherwise.stream()
            .flatMap(variant -> loosened(written.get(variant.name()), variant))
            .sorted()
            .toList(),
        Effort.of(results));
  }

  /** How that adviser did. */
  public Advice adviceOf(Adviser adviser) {
    return advice.stream()
        .filter(each -> each.adviser() == adviser)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("scores are of every adviser"));
  }

  /** Whether the policy found everything that it must find, however it was written. */
  public boolean policyHolds() {
    return missed.isEmpty()
        && unexpected.isEmpty()
        && loosened.stream().noneMatch(told -> told.contains(LOST));
  }

  private static Map<Hazard, Share> recall(List<CaseResult> cases) {
    Map<Hazard, Share> recall = new EnumMap<>(Hazard.class);
    for (CaseResult result : cases) {
      if (!result.reviewed()) {
        continue;
      }
      for (Hazard hazard : result.expected()) {
        Share before = recall.getOrDefault(hazard, new Share(0, 0));
        int raised = result.hazards().contains(hazard) ? 1 : 0;
        recall.put(hazard, new Share(before.count() + raised, before.of() + 1));
      }
    }
    return recall;
  }

  private static Stream<String> missed(CaseResult result) {
    return result.missed().stream().map(hazard -> result.name() + ": " + hazard);
  }

  private static String end(CaseResult result) {
    String who =
        result.variation() == Variation.AS_WRITTEN
            ? result.name()
            : result.name() + ", " + result.variation();
    return result.refusal() == null
        ? "%s: came to a review, %s was expected".formatted(who, result.expectedRefusal())
        : "%s: %s, %s".formatted(who, result.refusal().code(), result.refusal().message());
  }

  /** What the variant lets through that the case as it is written does not. */
  private static Stream<String> loosened(@Nullable CaseResult written, CaseResult variant) {
    if (written == null || !written.reviewed() || !variant.reviewed()) {
      return Stream.empty();
    }
    List<String> told = new ArrayList<>();
    String who = "%s, %s: ".formatted(variant.name(), variant.variation());
    for (Hazard hazard : written.hazards()) {
      if (!variant.hazards().contains(hazard)) {
        told.add(who + hazard + " " + LOST);
      }
    }
    if (nearness(variant.opinion()) > nearness(written.opinion())) {
      told.add(who + written.opinion() + " became " + variant.opinion());
    }
    return told.stream();
  }

  /** How near an opinion is to APPROVE. */
  private static int nearness(Opinion opinion) {
    return switch (opinion) {
      case REJECT -> 0;
      case ABSTAIN -> 1;
      case APPROVE -> 2;
    };
  }
}
