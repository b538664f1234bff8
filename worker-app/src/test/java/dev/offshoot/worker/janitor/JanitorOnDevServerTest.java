package dev.offshoot.worker.janitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.offshoot.worker.stack.TemporalDevServer;
import dev.offshoot.worker.stack.TemporalProgram;
import dev.offshoot.worker.temporal.TemporalServer;
import dev.offshoot.workflow.BranchWorkflows;
import io.temporal.client.schedules.ScheduleClient;
import io.temporal.client.schedules.ScheduleDescription;
import io.temporal.client.schedules.ScheduleIntervalSpec;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The janitor's schedule on a server that has schedules. */
@Timeout(120)
class JanitorOnDevServerTest {
  @TempDir private Path folder;

  @Test
  void schedule_isMadeOnce_andTakesAnotherTime() {
    assumeTrue(
        TemporalProgram.find().isPresent(),
        "the program 'temporal' is neither on the PATH nor in Go's bin folder; .ci/run installs it");
    try (TemporalDevServer server =
        TemporalDevServer.start(
            new TemporalDevServer.Options(
                TemporalProgram.find().orElseThrow(),
                folder,
                0,
                0,
                TemporalServer.searchAttributes(),
                Duration.ofSeconds(60)))) {
      WorkflowServiceStubs stubs =
          WorkflowServiceStubs.newServiceStubs(
              WorkflowServiceStubsOptions.newBuilder().setTarget(server.address()).build());
      try {
        ScheduleClient schedules = ScheduleClient.newInstance(stubs);

        assertThat(JanitorSchedule.start(schedules, Duration.ofMinutes(5))).isTrue();
        assertThat(JanitorSchedule.start(schedules, Duration.ofMinutes(7))).isTrue();

        ScheduleDescription schedule = schedules.getHandle(BranchWorkflows.JANITOR).describe();
        assertThat(schedule.getSchedule().getSpec().getIntervals())
            .extracting(ScheduleIntervalSpec::getEvery)
            .containsExactly(Duration.ofMinutes(7));
      } finally {
        stubs.shutdownNow();
      }
    }
  }
}
