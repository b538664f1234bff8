package dev.offshoot.worker.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.offshoot.worker.stack.TemporalProgram;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An old and a new build of the worker side by side, by Temporal's versioning of workers. */
@Timeout(300)
class TwoBuildsTest {
  private static CrashWorld world;

  @BeforeAll
  static void startServers() throws Exception {
    assumeTrue(
        TemporalProgram.find().isPresent(),
        "the program 'temporal' is neither on the PATH nor in Go's bin folder; .ci/run installs it");
    world = new CrashWorld();
  }

  @AfterAll
  static void stopServers() {
    if (world != null) {
      world.close();
    }
  }

  @Test
  void experimentEndsWithTheBuildThatItBeganWith_whileNewOnesGetTheNewOne() throws Exception {
    Trial old = trial("old");
    Trial young = trial("young");
    try (WorkerProcess first = worker("build-1")) {
      first.awaitPolling();
      makeCurrent("build-1");
      old.start();
      awaitReview(old);
      try (WorkerProcess second = worker("build-2")) {
        second.awaitPolling();
        makeCurrent("build-2");
        young.start();
        awaitReview(young);

        Trial.driveToTheEnd(List.of(old, young));

        assertThat(buildOf(old)).isEqualTo("build-1");
        assertThat(buildOf(young)).isEqualTo("build-2");
        assertThat(new Aftermath(world).problems(List.of(old, young)))
            .as(first.log() + second.log())
            .isEmpty();
      }
    }
  }

  private static void awaitReview(Trial trial) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!trial.isAwaitingDecision()) {
      assertThat(System.nanoTime()).as("%s", trial).isLessThan(end);
      Thread.sleep(100);
    }
  }

  private static WorkerProcess worker(String build) throws Exception {
    String deployment =
        """
            deployment:
              name: offshoot
              build-id: %s
        """
            .formatted(build);
    return WorkerProcess.start(
        world.configuration(List.of("pinnedold", "pinnedyoung"), world.postgresPort(), deployment));
  }

  /** As the operations guide says; a version is known once its worker has polled. */
  private static void makeCurrent(String build) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                TemporalProgram.find().orElseThrow().toString(),
                "worker",
                "deployment",
                "set-current-version",
                "--deployment-name",
                "offshoot",
                "--build-id",
                build,
                "--yes",
                "--address",
                world.temporalAddress()));
    String said = "";
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (System.nanoTime() < end) {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() == 0) {
        return;
      }
      Thread.sleep(500);
    }
    throw new AssertionError("the build was not made current: " + said);
  }

  private static String buildOf(Trial trial) {
    return world
        .client()
        .getWorkflowServiceStubs()
        .blockingStub()
        .describeWorkflowExecution(
            DescribeWorkflowExecutionRequest.newBuilder()
                .setNamespace("default")
                .setExecution(
                    WorkflowExecution.newBuilder().setWorkflowId("experiment-" + trial.id()))
                .build())
        .getWorkflowExecutionInfo()
        .getVersioningInfo()
        .getDeploymentVersion()
        .getBuildId();
  }

  private static Trial trial(String name) throws Exception {
    String id = "pinned" + name;
    world.database(id);
    return new Trial(world, id, Kind.ROWS);
  }
}
