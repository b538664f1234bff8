package dev.offshoot.score;

import dev.offshoot.domain.ModelUse;
import dev.offshoot.domain.Verdict;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What asking a model took, all answers together.
 *
 * @param answers how often it answered
 * @param inputTokens tokens that it read, as far as its server says
 * @param outputTokens tokens that it wrote, as far as its server says
 * @param tokens what counts against a budget: what the server says, else an estimate
 * @param medianMillis time for one answer
 * @param slowMillis time within which 95 of 100 answers came
 */
public record Effort(
    int answers,
    long inputTokens,
    long outputTokens,
    long tokens,
    long medianMillis,
    long slowMillis) {

  static @Nullable Effort of(List<CaseResult> results) {
    List<ModelUse> uses =
        results.stream()
            .map(CaseResult::verdict)
            .filter(Objects::nonNull)
            .map(Verdict::modelUse)
            .filter(Objects::nonNull)
            .toList();
    if (uses.isEmpty()) {
      return null;
    }
    List<Long> millis = uses.stream().map(ModelUse::millis).sorted().toList();
    return new Effort(
        uses.size(),
        uses.stream().mapToLong(use -> known(use.inputTokens())).sum(),
        uses.stream().mapToLong(use -> known(use.outputTokens())).sum(),
        uses.stream().mapToLong(ModelUse::tokens).sum(),
        at(0.5, millis),
        at(0.95, millis));
  }

  private static int known(@Nullable Integer tokens) {
    return tokens == null ? 0 : tokens;
  }

  /** The nearest-rank quantile of values in order. */
  private static long at(double share, List<Long> sorted) {
    return sorted.get(Math.max(0, (int) Math.ceil(share * sorted.size()) - 1));
  }
}
