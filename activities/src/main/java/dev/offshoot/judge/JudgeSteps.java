package dev.offshoot.judge;

import dev.offshoot.activity.JudgeActivities;
import dev.offshoot.branch.ParentConfig;
import dev.offshoot.branch.Parents;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.HazardFinding;
import dev.offshoot.domain.Judgement;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.Ranking;
import dev.offshoot.domain.Verdict;
import dev.offshoot.policy.HazardPolicy;
import dev.offshoot.policy.MaskedColumns;
import dev.offshoot.policy.VariantOrder;
import dev.offshoot.step.Step;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityInfo;
import java.util.List;
import java.util.Set;

/** Looks at change sets: first the policy as the parent weighs it, then the judge. Thread-safe. */
public final class JudgeSteps implements JudgeActivities {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final Parents parents;
  private final Judge judge;

  public JudgeSteps(Parents parents, Judge judge) {
    this.parents = parents;
    this.judge = judge;
  }

  @Override
  public Judgement judge(JudgeRequest request) {
    return Step.run(
        progress -> {
          progress.report("judging");
          return judgement(request, isLastTry());
        });
  }

  @Override
  public Ranking rank(RankRequest request) {
    return Step.run(
        progress -> {
          progress.report("ranking");
          return ranking(request, isLastTry());
        });
  }

  Ranking ranking(RankRequest request, boolean lastTry) {
    try {
      return judge.rank(request);
    } catch (OffshootException e) {
      if (e.code() != ErrorCode.JUDGE_UNREACHABLE || !lastTry) {
        throw e;
      }
      Ranking order = VariantOrder.of(request.candidates());
      return new Ranking(order.order(), order.by(), List.of(e.failure().message()), null);
    }
  }

  /** The judge is advice: in the end the experiment goes on without it. */
  private static boolean isLastTry() {
    ActivityInfo info = Activity.getExecutionContext().getInfo();
    int most = info.getRetryOptions() == null ? 0 : info.getRetryOptions().getMaximumAttempts();
    return most > 0 && info.getAttempt() >= most;
  }

  Judgement judgement(JudgeRequest request, boolean lastTry) {
    long start = System.nanoTime();
    // The specification is valid by now, so it names a parent.
    ParentConfig parent = parents.get(String.valueOf(request.spec().parent())).config();
    List<HazardFinding> hazards =
        HazardPolicy.hazards(request.spec(), request.report(), request.changes(), parent.hazards());
    Set<String> masked = MaskedColumns.of(request.changes(), parent.masked());
    Verdict verdict = verdict(request, hazards, masked, lastTry);
    return new Judgement(
        request.changes().digest(),
        hazards,
        verdict,
        (System.nanoTime() - start) / NANOS_PER_MILLI,
        parent.approval());
  }

  private Verdict verdict(
      JudgeRequest request, List<HazardFinding> hazards, Set<String> masked, boolean lastTry) {
    try {
      return judge.verdict(request, hazards, masked);
    } catch (OffshootException e) {
      if (e.code() != ErrorCode.JUDGE_UNREACHABLE || !lastTry) {
        throw e;
      }
      return Verdict.of(Verdict.Opinion.ABSTAIN, "judge", e.failure().message());
    }
  }
}
