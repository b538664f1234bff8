package dev.offshoot.cli;

import dev.offshoot.domain.ShownText;
import dev.offshoot.score.Advice;
import dev.offshoot.score.CaseLabel;
import dev.offshoot.score.CaseResult;
import dev.offshoot.score.Effort;
import dev.offshoot.score.Scores;
import dev.offshoot.score.Share;
import dev.offshoot.score.Variation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/** An evaluation on one screen; pure. */
final class ScoresRenderer {
  private static final int MOST_LISTED = 20;
  private static final int TEXT_LIMIT = 200;

  private final Colour colour;

  ScoresRenderer(Colour colour) {
    this.colour = colour;
  }

  List<String> lines(String judge, Scores scores, List<CaseResult> results) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s: %s safe, %s dangerous in their effects, %s wrong in content, %s that speak to a model"
            .formatted(
                Numbers.of(scores.cases(), "case"),
                count(CaseLabel.SAFE, results),
                count(CaseLabel.EFFECT, results),
                count(CaseLabel.CONTENT, results),
                count(CaseLabel.INJECTION, results)));
    lines.add("judge: " + ShownText.oneLine(judge, TEXT_LIMIT));
    lines.add("");
    lines.addAll(advice(scores));
    lines.addAll(recall(scores));
    lines.addAll(variants(scores));
    if (scores.effort() != null) {
      lines.add("");
      lines.add(effort(scores.effort()));
    }
    list("not raised", scores.missed(), lines);
    list("did not end as labelled", scores.unexpected(), lines);
    list("let through when written otherwise", scores.loosened(), lines);
    // Without a model nothing is let through, which tells nothing of the policy.
    boolean isAsked = scores.effort() != null;
    String by = isAsked ? "both" : "the policy alone";
    Predicate<CaseResult> accepted = isAsked ? CaseResult::accepted : CaseResult::acceptedByPolicy;
    list(
        "safe, and held back by " + by,
        names(results, accepted.negate().and(result -> !result.label().unsafe())),
        lines);
    list(
        "unsafe, and let through by " + by,
        names(results, accepted.and(result -> result.label().unsafe())),
        lines);
    return lines;
  }

  private static int count(CaseLabel label, List<CaseResult> results) {
    return (int)
        results.stream()
            .filter(result -> result.variation() == Variation.AS_WRITTEN)
            .filter(result -> result.label() == label)
            .count();
  }

  private List<String> advice(Scores scores) {
    Table table = new Table(8, 1, 2, 3, 4, 5, 6, 7);
    table.row(
        "",
        "unsafe let through",
        "at most (95 %)",
        "effects",
        "content",
        "injections",
        "safe held back",
        "abstained");
    for (Advice advice : scores.advice()) {
      table.row(
          switch (advice.adviser()) {
            case POLICY -> "policy alone";
            case JUDGE -> "judge alone";
            case BOTH -> "both";
          },
          share(advice.falseAccepts()),
          percent(advice.falseAcceptsAtMost()),
          share(advice.acceptedEffects()),
          share(advice.acceptedContent()),
          share(advice.acceptedInjections()),
          share(advice.falseRejects()),
          share(advice.abstentions()));
    }
    return table.lines("");
  }

  private List<String> recall(Scores scores) {
    if (scores.recall().isEmpty()) {
      return List.of();
    }
    long full = scores.recall().values().stream().filter(ScoresRenderer::stillHolds).count();
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.add(
        "hazards that must be raised: %s of %s always were"
            .formatted(full, Numbers.of(scores.recall().size(), "kind")));
    Table table = new Table(2);
    scores
        .recall()
        .forEach(
            (hazard, share) ->
                table.row(
                    List.of(
                        Table.Cell.of(hazard.name()),
                        new Table.Cell(
                            share(share),
                            stillHolds(share) ? share(share) : colour.bad(share(share))))));
    lines.addAll(table.lines("  "));
    return lines;
  }

  private static boolean stillHolds(Share share) {
    return share.count() == share.of();
  }

  private static List<String> variants(Scores scores) {
    return scores.variants() == 0
        ? List.of()
        : List.of(
            "",
            "written otherwise: %s, %s let something through that the case as written does not"
                .formatted(
                    Numbers.of(scores.variants(), "variant"),
                    Numbers.grouped(scores.loosened().size())));
  }

  private static String effort(Effort effort) {
    return "asking: %s, %s tokens read and %s written; %s for one in the middle, %s for 95 of 100"
        .formatted(
            Numbers.of(effort.answers(), "answer"),
            Numbers.grouped(effort.inputTokens()),
            Numbers.grouped(effort.outputTokens()),
            Numbers.millis(effort.medianMillis()),
            Numbers.millis(effort.slowMillis()));
  }

  private void list(String heading, List<String> names, List<String> lines) {
    if (names.isEmpty()) {
      return;
    }
    lines.add("");
    lines.add(colour.strong(heading));
    names.stream()
        .limit(MOST_LISTED)
        .forEach(name -> lines.add("  " + ShownText.oneLine(name, TEXT_LIMIT)));
    if (names.size() > MOST_LISTED) {
      lines.add(
          "  and %s more; -o json has all".formatted(Numbers.grouped(names.size() - MOST_LISTED)));
    }
  }

  private static List<String> names(List<CaseResult> results, Predicate<CaseResult> which) {
    return results.stream()
        .filter(result -> result.variation() == Variation.AS_WRITTEN)
        .filter(which)
        .map(
            result ->
                result.hazards().isEmpty()
                    ? "%s (%s)".formatted(result.name(), result.opinion())
                    : "%s %s".formatted(result.name(), result.hazards()))
        .toList();
  }

  private static String share(Share share) {
    return "%s of %s".formatted(Numbers.grouped(share.count()), Numbers.grouped(share.of()));
  }

  private static String percent(double rate) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * rate);
  }
}
