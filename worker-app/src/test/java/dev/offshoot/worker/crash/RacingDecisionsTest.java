package dev.offshoot.worker.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import dev.offshoot.client.Experiment;
import dev.offshoot.client.OffshootClient;
import dev.offshoot.domain.Decision;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.Outcome;
import dev.offshoot.worker.stack.TemporalProgram;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.workflowservice.v1.SignalWorkflowExecutionRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Decisions that come at the same time as others, as the deadline and as a cancellation, on a real
 * server: one of them brings about what happens, and whoever did not is told or kept.
 */
@Timeout(600)
class RacingDecisionsTest {
  /** Of each duel; {@code mvn verify -Pkills} fights more. */
  private static final int ROUNDS = Integer.getInteger("kills", 0) > 0 ? 40 : 3;

  private static final int AT_ONCE = 8;
  private static final String ODD = "odd";
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static CrashWorld world;
  private static Aftermath aftermath;
  private static WorkerProcess worker;

  @BeforeAll
  static void startServers() throws Exception {
    assumeTrue(
        TemporalProgram.find().isPresent(),
        "the program 'temporal' is neither on the PATH nor in Go's bin folder; .ci/run installs it");
    world = new CrashWorld();
    aftermath = new Aftermath(world);
    List<String> parents = new ArrayList<>(List.of(ODD));
    for (Duel duel : Duel.values()) {
      parents.add(Duelist.parentOf(duel));
    }
    for (String parent : parents) {
      world.database(parent);
    }
    worker =
        WorkerProcess.start(
            world.configuration(
                parents,
                world.postgresPort(),
                "",
                "      max-branches: 100\n      max-branches-per-tenant: 100\n"));
    worker.awaitPolling();
  }

  @AfterAll
  static void stopServers() throws Exception {
    if (world != null) {
      if (worker != null) {
        worker.close();
      }
      world.close();
    }
  }

  @Test
  void whoeverDecidesAtTheSameTime_oneBringsItAbout_andTheOthersAreToldOrKept() throws Exception {
    List<Duelist> all = new ArrayList<>();
    // A round at a time: what is tried is the decision, not the machine.
    for (int round = 0; round < ROUNDS; round++) {
      List<Duelist> some = new ArrayList<>();
      for (Duel duel : Duel.values()) {
        some.add(new Duelist(world, duel, round));
      }
      for (Duelist duelist : some) {
        duelist.awaitDecision();
      }
      all.addAll(some);
    }
    fight(all);

    List<String> problems = new ArrayList<>();
    Map<Duel, Map<Outcome, Integer>> ends = new EnumMap<>(Duel.class);
    Map<String, List<String>> merged = new TreeMap<>();
    for (Duelist duelist : all) {
      problems.addAll(duelist.problems());
      Outcome ended = duelist.ended();
      ends.computeIfAbsent(duelist.duel(), any -> new EnumMap<>(Outcome.class))
          .merge(ended, 1, Integer::sum);
      merged.computeIfAbsent(duelist.parent(), any -> new ArrayList<>());
      if (ended == Outcome.MERGED) {
        merged.get(duelist.parent()).add(duelist.statement());
      }
    }
    System.out.println("how duels ended: " + ends);
    problems.addAll(aftermath.left());
    for (Map.Entry<String, List<String>> parent : merged.entrySet()) {
      problems.addAll(
          aftermath.ofParent(parent.getKey(), parent.getValue(), parent.getValue().size()));
    }
    problems.addAll(aftermath.leaked());
    assertThat(problems).as(worker.log()).isEmpty();
  }

  private static void fight(List<Duelist> all) throws Exception {
    List<Duelist> shuffled = new ArrayList<>(all);
    Collections.shuffle(shuffled, new Random(4));
    ExecutorService duels = Executors.newFixedThreadPool(AT_ONCE);
    ExecutorService hands = Executors.newCachedThreadPool();
    try {
      List<Future<?>> fought = new ArrayList<>();
      for (Duelist duelist : shuffled) {
        fought.add(
            duels.submit(
                () -> {
                  duelist.fight(hands);
                  return duelist;
                }));
      }
      for (Future<?> each : fought) {
        each.get();
      }
    } finally {
      duels.shutdownNow();
      hands.shutdownNow();
    }
  }

  /** Signals as other clients may send them; before there is anything to decide and again later. */
  @Test
  void whateverOddMessagesCome_earlyAndTwice_areKept_andTheFirstThatCountsDecides()
      throws Exception {
    Experiment experiment =
        OffshootClient.over(world.client())
            .start(
                new ExperimentId(ODD),
                ExperimentSpec.builder()
                    .goal("be decided")
                    .parent(ODD)
                    .requestedBy("agent")
                    .statement("DELETE FROM tag WHERE name = 'b'")
                    .ttl(Duration.ofMinutes(20))
                    .build());
    List<String> odd =
        List.of(
            "{not json",
            "",
            "null",
            "42",
            "\"yes\"",
            "[]",
            "{}",
            "{\"by\": {\"name\": \"ann\"}}",
            "{\"by\": \"agent\"}",
            "{\"by\": \"ann\", \"digest\": 7}",
            "{\"by\": \"ann\", \"acceptHazards\": [\"NO_SUCH\"]}");
    odd.forEach(json -> signal("approve", json));
    signal("approve", "{\"by\": \"ann\", \"reason\": \"too early\"}");
    signal("aprove", "{\"by\": \"ann\"}");
    signal("reject", "{}");
    experiment.awaitDecision(PATIENCE);
    odd.forEach(json -> signal("approve", json));
    signal("approve", "{\"by\": \"ann\", \"colour\": \"red\", \"reason\": \"seen\"}");
    signal("approve", "{\"by\": \"ann\", \"colour\": \"red\", \"reason\": \"seen\"}");
    signal("reject", "{\"by\": \"bob\"}");

    ExperimentStatus status = experiment.awaitEnd(PATIENCE);

    assertThat(Objects.requireNonNull(status.outcome()).outcome()).isEqualTo(Outcome.MERGED);
    assertThat(status.decisions()).filteredOn(Decision::accepted).hasSize(1);
    assertThat(status.decisions())
        .extracting(Decision::reason)
        .contains("too early")
        .filteredOn("seen"::equals)
        .hasSize(2);
    // What is no JSON at all, the SDK drops with a word in the log; everything else is kept.
    assertThat(status.decisions()).hasSizeGreaterThanOrEqualTo(2 * (odd.size() - 2) + 5);
    assertThat(aftermath.left()).isEmpty();
    assertThat(aftermath.ofParent(ODD, List.of("DELETE FROM tag WHERE name = 'b'"), 1)).isEmpty();
  }

  private static void signal(String name, String json) {
    var unused =
        world
            .client()
            .getWorkflowServiceStubs()
            .blockingStub()
            .signalWorkflowExecution(
                SignalWorkflowExecutionRequest.newBuilder()
                    .setNamespace("default")
                    .setWorkflowExecution(
                        WorkflowExecution.newBuilder().setWorkflowId("experiment-" + ODD))
                    .setSignalName(name)
                    .setInput(
                        Payloads.newBuilder()
                            .addPayloads(
                                Payload.newBuilder()
                                    .putMetadata("encoding", ByteString.copyFromUtf8("json/plain"))
                                    .setData(ByteString.copyFromUtf8(json))))
                    .build());
  }
}
