package dev.offshoot.workflow;

import dev.offshoot.activity.JudgeActivities.JudgeRequest;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.DecideRequest;
import dev.offshoot.domain.Decision;
import dev.offshoot.domain.DecisionRequest;
import dev.offshoot.domain.ExperimentOutcome;
import dev.offshoot.domain.ExperimentReport;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.ExtendTtlRequest;
import dev.offshoot.domain.GroupDecision;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a careless change would be: judged before anything else, as no release of ours does. */
public final class CarelesslyChangedExperiment implements ExperimentWorkflow {
  @Override
  public ExperimentOutcome run(ExperimentSpec spec) {
    var unused =
        Steps.judge()
            .judge(
                new JudgeRequest(
                    spec,
                    new ExperimentReport(List.of(), List.of(), List.of(), List.of(), 0),
                    new ChangeSummary(
                        "", List.of(), 0, List.of(), List.of(), List.of(), List.of(), 0),
                    0));
    throw new IllegalStateException("never comes here");
  }

  @Override
  public void approve(@Nullable DecisionRequest request) {}

  @Override
  public void reject(@Nullable DecisionRequest request) {}

  @Override
  public Decision decide(@Nullable DecideRequest request) {
    throw new IllegalStateException();
  }

  @Override
  public void validateDecide(@Nullable DecideRequest request) {}

  @Override
  public void decideInGroup(@Nullable GroupDecision decision) {}

  @Override
  public Instant extendTtl(@Nullable ExtendTtlRequest request) {
    throw new IllegalStateException();
  }

  @Override
  public void validateExtendTtl(@Nullable ExtendTtlRequest request) {}

  @Override
  public ExperimentStatus status() {
    throw new IllegalStateException();
  }
}
