package dev.offshoot.worker.observe;

import dev.offshoot.domain.BranchInfo;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.MergeResult;
import io.micrometer.core.instrument.MeterRegistry;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.client.ActivityCompletionException;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.failure.ApplicationFailure;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Around every step: puts the experiment's id on its log lines and counts how it went. Labels are
 * step names and error codes only, never ids or names of users' objects, so their number is
 * bounded.
 */
public final class StepObserver extends WorkerInterceptorBase {
  /** The key under which log lines carry the experiment's id. */
  public static final String EXPERIMENT = "experiment";

  private final MeterRegistry meters;

  public StepObserver(MeterRegistry meters) {
    this.meters = meters;
  }

  @Override
  public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
    return new Observed(next, meters);
  }

  private static final class Observed extends ActivityInboundCallsInterceptorBase {
    private final MeterRegistry meters;
    private String workflowId = "";
    private String step = "";

    Observed(ActivityInboundCallsInterceptor next, MeterRegistry meters) {
      super(next);
      this.meters = meters;
    }

    @Override
    public void init(ActivityExecutionContext context) {
      workflowId = Objects.requireNonNullElse(context.getInfo().getWorkflowId(), "");
      step = context.getInfo().getActivityType();
      super.init(context);
    }

    @Override
    public ActivityOutput execute(ActivityInput input) {
      long start = System.nanoTime();
      String outcome = "INTERNAL";
      if (workflowId.startsWith(ExperimentId.WORKFLOW_PREFIX)) {
        MDC.put(EXPERIMENT, workflowId.substring(ExperimentId.WORKFLOW_PREFIX.length()));
      }
      try {
        ActivityOutput output = super.execute(input);
        outcome = "OK";
        count(output.getResult());
        return output;
      } catch (ApplicationFailure e) {
        outcome = Objects.requireNonNullElse(e.getType(), outcome);
        throw e;
      } catch (ActivityCompletionException e) {
        outcome = "CANCELLED";
        throw e;
      } finally {
        MDC.remove(EXPERIMENT);
        meters
            .timer("offshoot.step", "step", step, "outcome", outcome)
            .record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
      }
    }

    private void count(@Nullable Object result) {
      if (result instanceof BranchInfo branch) {
        meters
            .timer("offshoot.branch.create", "method", branch.copyMethod())
            .record(branch.createMillis(), TimeUnit.MILLISECONDS);
      } else if (result instanceof MergeResult merge) {
        meters
            .counter("offshoot.merges", "result", merge.report() != null ? "merged" : "conflicted")
            .increment();
      } else if (step.equalsIgnoreCase("dropBranch")) {
        meters.counter("offshoot.branch.drops").increment();
      }
    }
  }
}
