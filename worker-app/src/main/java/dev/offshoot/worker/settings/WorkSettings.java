package dev.offshoot.worker.settings;

import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How much this process does at once and how it ends.
 *
 * @param maxConcurrentActivities steps that run at once; each holds one or two database sessions
 * @param maxConcurrentWorkflowTasks workflow tasks that run at once
 * @param shutdownGrace time that running steps are given to finish when the worker is told to end
 * @param recoveryEvery time between looks at what workers that died left in the middle, such as a
 *     parent fenced for a copy
 * @param sweepEvery time between looks for branches whose workflow is gone
 * @param orphanGrace how long it must have been gone before its branch is deleted, on a Temporal
 *     server that is not this process's own
 * @param deployment which build this worker is, for Temporal's versioning of workers
 */
public record WorkSettings(
    @DefaultValue("10") int maxConcurrentActivities,
    @DefaultValue("20") int maxConcurrentWorkflowTasks,
    @DefaultValue("30s") Duration shutdownGrace,
    @DefaultValue("1m") Duration recoveryEvery,
    @DefaultValue("5m") Duration sweepEvery,
    @DefaultValue("5m") Duration orphanGrace,
    @DefaultValue DeploymentSettings deployment) {

  void check(String prefix, Problems problems) {
    problems.atLeast(prefix + ".max-concurrent-activities", maxConcurrentActivities, 1);
    // Temporal's own minimum: one slot is for new tasks and one for those of cached workflows.
    problems.atLeast(prefix + ".max-concurrent-workflow-tasks", maxConcurrentWorkflowTasks, 2);
    problems.positive(prefix + ".shutdown-grace", shutdownGrace);
    problems.positive(prefix + ".recovery-every", recoveryEvery);
    problems.positive(prefix + ".sweep-every", sweepEvery);
    problems.positive(prefix + ".orphan-grace", orphanGrace);
    deployment.check(prefix + ".deployment", problems);
  }
}
