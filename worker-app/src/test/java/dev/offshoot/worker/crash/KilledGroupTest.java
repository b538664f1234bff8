package dev.offshoot.worker.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.offshoot.client.OffshootClient;
import dev.offshoot.client.VariantGroup;
import dev.offshoot.domain.DecisionRequest;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.Outcome;
import dev.offshoot.domain.PickRequest;
import dev.offshoot.domain.Variant;
import dev.offshoot.domain.VariantStatus;
import dev.offshoot.domain.VariantsSpec;
import dev.offshoot.domain.VariantsStatus;
import dev.offshoot.worker.stack.TemporalProgram;
import io.grpc.StatusRuntimeException;
import io.temporal.client.WorkflowException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A group of variants whose worker is killed: one is merged once, and nothing is left. */
@Timeout(600)
class KilledGroupTest {
  private static final List<String> WAYS =
      List.of(
          "UPDATE item SET n = 1 WHERE id = 1",
          "UPDATE item SET n = 2 WHERE id <= 2",
          "ALTER TABLE item ADD COLUMN note text");
  private static final long PATIENCE_NANOS = Duration.ofMinutes(2).toNanos();

  private static CrashWorld world;
  private static PointsOfSteps points;
  private static Aftermath aftermath;

  @BeforeAll
  static void startServers() throws Exception {
    assumeTrue(
        TemporalProgram.find().isPresent(),
        "the program 'temporal' is neither on the PATH nor in Go's bin folder; .ci/run installs it");
    world = new CrashWorld();
    points = new PointsOfSteps();
    aftermath = new Aftermath(world);
  }

  @AfterAll
  static void stopServers() throws Exception {
    if (world != null) {
      world.close();
      points.close();
    }
  }

  @Test
  void killedWhileItsStemIsMade_itsVariantsAndItsMerge_oneIsMergedOnce() throws Exception {
    world.database("group_parent");
    Path configuration = world.configuration(List.of("group_parent"));
    List<String> ids = new ArrayList<>();
    for (String where :
        List.of(
            "g0 CreateStem begins",
            "g1 CreateStem branch: copying the parent",
            "g2 CreateStem is done",
            "g3-1 CreateBranch branch: copying what all variants begin from",
            "g4-2 CreateBranch is done",
            "g5-2 RunExperiment is done",
            "g6-3 ComputeDiff is done",
            "g7-1 Judge begins",
            "g8 DropBranch begins",
            "g9 Rank is done")) {
      String stopped = where.substring(0, where.indexOf(' '));
      ids.add(stopped.replaceFirst("-\\d$", ""));
      points.stopAt(stopped, where.substring(where.indexOf(' ') + 1));
    }
    try (WorkerProcess worker = WorkerProcess.start(configuration, points)) {
      ids.forEach(KilledGroupTest::start);
      awaitStops(worker);
      worker.kill();
    }
    points.goOn();
    try (WorkerProcess worker = WorkerProcess.start(configuration, points)) {
      for (String id : ids) {
        await(group(id), worker, KilledGroupTest::allStand);
      }
      // The merge of the first is cut short as well.
      points.stopAt("g0-2", "Merge is done");
      pick("g0", "2");
      awaitStop("g0-2", worker);
      worker.kill();
    }
    points.goOn();
    try (WorkerProcess worker = WorkerProcess.start(configuration, points)) {
      VariantsStatus first = await(group("g0"), worker, now -> now.outcome() != null);
      assertThat(Objects.requireNonNull(first.outcome()).merged()).isEqualTo(2);
      for (String id : ids.subList(1, ids.size())) {
        pick(id, "none");
        VariantsStatus ended = await(group(id), worker, now -> now.outcome() != null);
        assertThat(Objects.requireNonNull(ended.outcome()).outcome()).isEqualTo(Outcome.DROPPED);
      }
      assertThat(aftermath.ofParent("group_parent", List.of(WAYS.get(1)), 1)).isEmpty();
      assertThat(aftermath.left()).as(worker.log()).isEmpty();
      assertThat(aftermath.leaked()).isEmpty();
    }
  }

  private static void start(String id) {
    ExperimentSpec shared =
        ExperimentSpec.builder()
            .goal("survive")
            .parent("group_parent")
            .requestedBy("agent")
            .ttl(Duration.ofMinutes(20))
            .build();
    var unused =
        OffshootClient.over(world.client())
            .start(
                new ExperimentId(id),
                new VariantsSpec(
                    shared, WAYS.stream().map(sql -> Variant.ofScript(null, sql)).toList()));
  }

  private static VariantGroup group(String id) {
    return OffshootClient.over(world.client()).variants(new ExperimentId(id));
  }

  private static void pick(String id, String variant) {
    var unused =
        group(id)
            .pick(PickRequest.of(variant, new DecisionRequest("rita", "best", null, List.of())));
  }

  private static boolean allStand(VariantsStatus group) {
    return group.ranking() != null
        && group.variants().stream().allMatch(VariantStatus::awaitsDecision);
  }

  /** A worker that was killed does not answer; another is asked the next time. */
  private static VariantsStatus await(
      VariantGroup group, WorkerProcess worker, Predicate<VariantsStatus> wanted) throws Exception {
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (true) {
      String last = "no answer";
      try {
        VariantsStatus status = group.status();
        if (wanted.test(status)) {
          return status;
        }
        last = status.toString();
      } catch (WorkflowException | StatusRuntimeException e) {
        last = e.toString();
      }
      assertThat(System.nanoTime()).as("%s%n%s", last, worker.log()).isLessThan(end);
      Thread.sleep(200);
    }
  }

  private static void awaitStops(WorkerProcess worker) throws Exception {
    for (String id :
        List.of("g0", "g1", "g2", "g3-1", "g4-2", "g5-2", "g6-3", "g7-1", "g8", "g9")) {
      awaitStop(id, worker);
    }
  }

  private static void awaitStop(String id, WorkerProcess worker) throws Exception {
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (!points.isStopped(id)) {
      assertThat(System.nanoTime())
          .as("%s is not at its point; it came to %s%n%s", id, points.reachedBy(id), worker.log())
          .isLessThan(end);
      Thread.sleep(100);
    }
  }
}
