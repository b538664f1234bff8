package dev.offshoot.evaluation;

import dev.offshoot.activity.JudgeActivities.JudgeRequest;
import dev.offshoot.branch.ParentConfig;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.Hazard;
import dev.offshoot.domain.HazardFinding;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.Verdict;
import dev.offshoot.judge.Judge;
import dev.offshoot.policy.HazardPolicy;
import dev.offshoot.policy.MaskedColumns;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Policy and judge, asked apart from each other. Thread-safe. */
final class Advisers {
  /** As often as Temporal asks again in earnest. */
  private static final List<Duration> PAUSES =
      List.of(Duration.ofSeconds(1), Duration.ofSeconds(4));

  private final Judge judge;
  private volatile boolean answered;

  Advisers(Judge judge) {
    this.judge = judge;
  }

  /**
   * What they say of one change set.
   *
   * @param hazards each once
   * @param verdict of the judge, who was told of none: where there is none it was asked as in
   *     earnest, and where there is one the policy has decided already
   */
  record Advised(List<Hazard> hazards, Verdict verdict) {}

  /**
   * Asks both.
   *
   * @throws OffshootException {@code JUDGE_UNREACHABLE} if the judge's model has never answered
   */
  Advised ask(JudgeRequest request, ParentConfig parent) {
    List<Hazard> hazards =
        HazardPolicy.hazards(request.spec(), request.report(), request.changes(), parent.hazards())
            .stream()
            .map(HazardFinding::hazard)
            .toList();
    return new Advised(
        hazards, verdict(request, MaskedColumns.of(request.changes(), parent.masked())));
  }

  private Verdict verdict(JudgeRequest request, Set<String> masked) {
    for (int tried = 0; ; tried++) {
      try {
        Verdict verdict = judge.verdict(request, List.of(), masked);
        answered = true;
        return verdict;
      } catch (OffshootException e) {
        if (e.code() != ErrorCode.JUDGE_UNREACHABLE) {
          throw e;
        }
        if (tried == PAUSES.size()) {
          if (!answered) {
            throw e;
          }
          return Verdict.of(Verdict.Opinion.ABSTAIN, "judge", e.failure().message());
        }
        pause(PAUSES.get(tried), e);
      }
    }
  }

  private static void pause(Duration length, OffshootException why) {
    try {
      Thread.sleep(length.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw why;
    }
  }
}
