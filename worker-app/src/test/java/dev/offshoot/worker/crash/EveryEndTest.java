package dev.offshoot.worker.crash;

import static dev.offshoot.worker.crash.Ending.BRANCHED;
import static dev.offshoot.worker.crash.Ending.BRANCHING;
import static dev.offshoot.worker.crash.Ending.DIFFING;
import static dev.offshoot.worker.crash.Ending.DROPPING;
import static dev.offshoot.worker.crash.Ending.EXPERIMENTED;
import static dev.offshoot.worker.crash.Ending.EXPERIMENTING;
import static dev.offshoot.worker.crash.Ending.JUDGING;
import static dev.offshoot.worker.crash.Ending.MERGED;
import static dev.offshoot.worker.crash.Ending.MERGING;
import static dev.offshoot.worker.crash.Ending.WAITING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.offshoot.domain.DecisionRequest;
import dev.offshoot.domain.ExtendTtlRequest;
import dev.offshoot.domain.Stage;
import dev.offshoot.worker.stack.TemporalProgram;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.workflowservice.v1.DeleteWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.ResetWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc.WorkflowServiceBlockingStub;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Every way in which an experiment can end, at every place where it can: branch and roles are gone,
 * the audit tells the end, and the parent is as the end says. They all run side by side.
 */
@Timeout(600)
class EveryEndTest {
  private static final String BY_WORKFLOW = " by WORKFLOW";
  private static final String BY_JANITOR = " by JANITOR";

  private static final int MOST_ON_THEIR_WAY = 8;

  /** At the worker from outside, while experiments are at every stage. */
  private static final int ROUNDS_BETWEEN_LOOKS = 20;

  private static final Duration PATIENCE = Duration.ofMinutes(4);

  private static final String CROWDED = "crowded";
  private static final Duration RUN_TIMEOUT = Duration.ofSeconds(30);

  private static CrashWorld world;
  private static PointsOfSteps points;
  private static Aftermath aftermath;
  private static WorkerProcess worker;
  private static List<Ending> endings;

  @BeforeAll
  static void startServers() throws Exception {
    assumeTrue(
        TemporalProgram.find().isPresent(),
        "the program 'temporal' is neither on the PATH nor in Go's bin folder; .ci/run installs it");
    world = new CrashWorld();
    points = new PointsOfSteps();
    aftermath = new Aftermath(world);
    endings = endings();
    TreeSet<String> parents =
        endings.stream().map(Ending::parent).collect(Collectors.toCollection(TreeSet::new));
    parents.add(CROWDED);
    for (String parent : parents) {
      world.database(parent);
    }
    worker =
        WorkerProcess.start(
            world.configuration(
                List.copyOf(parents), world.postgresPort(), "", "      max-branches: 1\n"),
            points);
    worker.awaitPolling();
  }

  @AfterAll
  static void stopServers() throws Exception {
    if (world != null) {
      if (worker != null) {
        worker.close();
      }
      world.close();
      points.close();
    }
  }

  private static List<Ending> endings() {
    List<Ending> all = new ArrayList<>();
    all.add(
        ending("timedout", EXPERIMENTING, EveryEndTest::nothing, "CANCELLED" + BY_JANITOR)
            .timingOutAfter(RUN_TIMEOUT));
    all.add(
        ending("timedoutlate", MERGED, EveryEndTest::nothing, "MERGED" + BY_JANITOR)
            .timingOutAfter(RUN_TIMEOUT));
    all.add(ending("merged", WAITING, EveryEndTest::approve, "MERGED" + BY_WORKFLOW));
    all.add(
        ending("nothing", null, EveryEndTest::nothing, "DROPPED" + BY_WORKFLOW)
            .running("SELECT 1"));
    all.add(
        ending("failed", null, EveryEndTest::nothing, "FAILED" + BY_WORKFLOW)
            .running("UPDATE item SET missing = 1"));
    for (String place : List.of(EXPERIMENTING, DIFFING, WAITING)) {
      all.add(
          ending(named("rejected", place), place, EveryEndTest::reject, "DROPPED" + BY_WORKFLOW)
              .keepingItsBranch());
    }
    for (String place : List.of(BRANCHING, EXPERIMENTING, WAITING)) {
      all.add(
          ending(named("expired", place), place, EveryEndTest::expire, "EXPIRED" + BY_WORKFLOW)
              .keepingItsBranch());
    }
    for (String place : List.of(BRANCHING, EXPERIMENTING, DIFFING, JUDGING, WAITING)) {
      all.add(
          ending(named("cancelled", place), place, EveryEndTest::cancel, "CANCELLED" + BY_WORKFLOW)
              .keepingItsBranch());
    }
    all.add(ending("cancelledmerging", MERGING, EveryEndTest::cancelMerge, "MERGED" + BY_WORKFLOW));
    for (String place :
        List.of(BRANCHING, BRANCHED, EXPERIMENTING, DIFFING, JUDGING, WAITING, MERGING, DROPPING)) {
      all.add(
          ending(
              named("terminated", place),
              place,
              EveryEndTest::terminate,
              "CANCELLED" + BY_JANITOR));
    }
    all.add(
        ending("terminatedkept", WAITING, EveryEndTest::terminate, "CANCELLED" + BY_JANITOR)
            .keepingItsBranch());
    all.add(ending("terminatedlate", MERGED, EveryEndTest::terminate, "MERGED" + BY_JANITOR));
    for (String place : List.of(EXPERIMENTING, WAITING)) {
      all.add(
          ending(named("deleted", place), place, EveryEndTest::delete, "CANCELLED" + BY_JANITOR)
              .keepingItsBranch());
    }
    all.add(ending("deletedlate", MERGED, EveryEndTest::delete, "MERGED" + BY_JANITOR));
    all.add(
        ending("twiceended", WAITING, EveryEndTest::terminateAndDelete, "CANCELLED" + BY_JANITOR)
            .keepingItsBranch());
    for (String place : List.of(EXPERIMENTING, EXPERIMENTED, WAITING)) {
      all.add(
          ending(
                  named("reset", place),
                  place,
                  EveryEndTest::resetAndApprove,
                  "CANCELLED" + BY_JANITOR,
                  "MERGED" + BY_WORKFLOW)
              .keepingItsBranch());
    }
    // Its statements, run again on a parent that has them already, do not go through.
    all.add(
        ending(
            "resetlate",
            MERGED,
            EveryEndTest::reset,
            "FAILED" + BY_WORKFLOW,
            "MERGED" + BY_JANITOR));
    all.add(
        ending(
                "again",
                WAITING,
                EveryEndTest::terminateAndStartAgain,
                "CANCELLED" + BY_JANITOR,
                "FAILED" + BY_WORKFLOW)
            .keepingItsBranch());
    return all;
  }

  @Test
  void howeverAnExperimentEnds_nothingIsLeft_andTheAuditTellsTheEnd() throws Exception {
    List<Ending> early = endings.stream().filter(Ending::timesOut).toList();
    early.forEach(EveryEndTest::start);
    awaitPlaces(early);
    driveToTheEnd(endings);
    assertThat(problems(endings)).as(worker.log()).isEmpty();
  }

  /** One branch is all that the parent may have. */
  @Test
  void whoWaitsForRoomAndIsEnded_leavesNothing_andTheAuditTellsTheEnd() throws Exception {
    Ending first =
        ending("roomfirst", WAITING, EveryEndTest::reject, "DROPPED" + BY_WORKFLOW)
            .keepingItsBranch()
            .on(CROWDED);
    List<Ending> waiting =
        List.of(
            ending("roomcancelled", null, EveryEndTest::nothing, "CANCELLED" + BY_WORKFLOW)
                .on(CROWDED),
            ending("roomexpired", null, EveryEndTest::nothing, "EXPIRED" + BY_WORKFLOW).on(CROWDED),
            ending("roomrejected", null, EveryEndTest::nothing, "DROPPED" + BY_WORKFLOW)
                .on(CROWDED),
            ending("roomterminated", null, EveryEndTest::nothing, "CANCELLED" + BY_JANITOR)
                .on(CROWDED));
    start(first);
    awaitStage(first, Stage.AWAITING_DECISION);
    waiting.forEach(EveryEndTest::start);
    for (Ending ending : waiting) {
      awaitStage(ending, Stage.QUEUED);
    }

    cancel(waiting.get(0));
    expire(waiting.get(1));
    reject(waiting.get(2));
    terminate(waiting.get(3));

    driveToTheEnd(waiting);
    reject(first);
    driveToTheEnd(List.of(first));
    List<Ending> all = new ArrayList<>(waiting);
    all.add(first);
    assertThat(problems(all)).as(worker.log()).isEmpty();
  }

  private static void start(Ending ending) {
    if (ending.place() != null && !ending.place().equals(WAITING)) {
      points.stopAt(ending.id(), ending.place());
    }
    ending.start();
  }

  /** Their time must not be over before they have come there. */
  private static void awaitPlaces(List<Ending> some) throws Exception {
    long end = System.nanoTime() + RUN_TIMEOUT.toNanos();
    while (!some.stream().allMatch(ending -> ending.isThere(points))) {
      assertThat(System.nanoTime()).as("%s", some).isLessThan(end);
      for (Ending ending : some) {
        ending.goOn(points);
      }
      Thread.sleep(50);
    }
  }

  private static void awaitStage(Ending ending, Stage stage) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (ending.stage() != stage) {
      assertThat(System.nanoTime()).as("%s", ending).isLessThan(end);
      Thread.sleep(100);
    }
  }

  /**
   * Starts whoever has not begun, not too many at once, and goes on until the audit has said as
   * much of each as it must; what it says is another matter.
   */
  private static void driveToTheEnd(List<Ending> all) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    List<Ending> open = all;
    for (int round = 0; !open.isEmpty() && System.nanoTime() < end; round++) {
      long moving = open.stream().filter(Ending::isOnItsWay).count();
      for (Ending ending : open) {
        if (!ending.isStarted() && moving < MOST_ON_THEIR_WAY) {
          start(ending);
          moving++;
        }
        ending.goOn(points);
      }
      if (round % ROUNDS_BETWEEN_LOOKS == 0) {
        worker.outside().look();
      }
      AuditedEndings audited = AuditedEndings.read(world);
      open = open.stream().filter(ending -> !ending.isOver(audited)).toList();
      Thread.sleep(50);
    }
  }

  private static List<String> problems(Collection<Ending> all) throws Exception {
    List<String> problems = new ArrayList<>(aftermath.left());
    AuditedEndings audited = AuditedEndings.read(world);
    for (Ending ending : all) {
      if (!audited.of(ending.id()).equals(ending.records())) {
        problems.add("%s: the audit says %s".formatted(ending, audited.of(ending.id())));
      }
      problems.addAll(
          aftermath.ofParent(
              ending.parent(),
              ending.merges() == 0 ? List.of() : Kind.ROWS.toTheEnd(),
              ending.merges()));
    }
    problems.addAll(aftermath.leaked());
    return problems;
  }

  private static Ending ending(
      String id,
      @org.jspecify.annotations.Nullable String place,
      Ending.Blow blow,
      String... records) {
    return new Ending(world, id, place, blow, records);
  }

  private static String named(String how, String place) {
    return how
        + Map.of(
                BRANCHING, "branching",
                BRANCHED, "branched",
                EXPERIMENTING, "experimenting",
                EXPERIMENTED, "experimented",
                DIFFING, "diffing",
                JUDGING, "judging",
                WAITING, "waiting",
                MERGING, "merging",
                MERGED, "merged",
                DROPPING, "dropping")
            .get(place);
  }

  private static void nothing(Ending ending) {}

  private static void approve(Ending ending) {
    ending.workflow().approve(new DecisionRequest("rita", "yes", null, null));
  }

  private static void reject(Ending ending) {
    ending.workflow().reject(new DecisionRequest("rita", "no", null, null));
  }

  private static void expire(Ending ending) {
    ending.workflow().extendTtl(new ExtendTtlRequest("rita", Duration.ofSeconds(1)));
  }

  private static void cancel(Ending ending) {
    ending.stub().cancel();
  }

  /** The merge goes on; the workflow has heard of the cancellation by then. */
  private static void cancelMerge(Ending ending) throws Exception {
    ending.stub().cancel();
    Thread.sleep(500);
    points.goOn(ending.id());
  }

  private static void terminate(Ending ending) {
    ending.stub().terminate("the test");
  }

  private static void delete(Ending ending) {
    var unused =
        temporal()
            .deleteWorkflowExecution(
                DeleteWorkflowExecutionRequest.newBuilder()
                    .setNamespace("default")
                    .setWorkflowExecution(execution(ending))
                    .build());
  }

  private static void terminateAndDelete(Ending ending) {
    terminate(ending);
    delete(ending);
  }

  private static void terminateAndStartAgain(Ending ending) {
    terminate(ending);
    ending.start();
  }

  /** To before anything was done. */
  private static void reset(Ending ending) throws Exception {
    points.release(ending.id());
    long first =
        world.client().fetchHistory(ending.workflowId()).getEvents().stream()
            .filter(event -> event.getEventType() == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED)
            .findFirst()
            .orElseThrow()
            .getEventId();
    var unused =
        temporal()
            .resetWorkflowExecution(
                ResetWorkflowExecutionRequest.newBuilder()
                    .setNamespace("default")
                    .setWorkflowExecution(execution(ending))
                    .setReason("the test")
                    .setRequestId(ending.id())
                    .setWorkflowTaskFinishEventId(first)
                    .build());
  }

  private static void resetAndApprove(Ending ending) throws Exception {
    reset(ending);
    awaitStage(ending, Stage.AWAITING_DECISION);
    approve(ending);
  }

  private static WorkflowExecution execution(Ending ending) {
    return WorkflowExecution.newBuilder().setWorkflowId(ending.workflowId()).build();
  }

  private static WorkflowServiceBlockingStub temporal() {
    return world.client().getWorkflowServiceStubs().blockingStub();
  }
}
