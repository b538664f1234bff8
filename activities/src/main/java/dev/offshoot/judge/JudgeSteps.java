package dev.offshoot.judge;

import dev.offshoot.activity.JudgeActivities;
import dev.offshoot.branch.ParentConfig;
import dev.offshoot.branch.Parents;
import dev.offshoot.domain.HazardFinding;
import dev.offshoot.domain.Judgement;
import dev.offshoot.domain.Verdict;
import dev.offshoot.policy.HazardPolicy;
import dev.offshoot.step.Step;
import java.util.List;

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
          return judgement(request);
        });
  }

  Judgement judgement(JudgeRequest request) {
    long start = System.nanoTime();
    // The specification is valid by now, so it names a parent.
    ParentConfig parent = parents.get(String.valueOf(request.spec().parent())).config();
    List<HazardFinding> hazards =
        HazardPolicy.hazards(request.spec(), request.report(), request.changes(), parent.hazards());
    Verdict verdict = judge.verdict(request, hazards);
    return new Judgement(
        request.changes().digest(),
        hazards,
        verdict,
        (System.nanoTime() - start) / NANOS_PER_MILLI);
  }
}
