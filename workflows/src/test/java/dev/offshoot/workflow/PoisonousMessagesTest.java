package dev.offshoot.workflow;

import static dev.offshoot.workflow.ExperimentRun.awaitStatus;
import static dev.offshoot.workflow.ExperimentRun.by;
import static dev.offshoot.workflow.ExperimentRun.result;
import static dev.offshoot.workflow.ExperimentRun.spec;
import static dev.offshoot.workflow.ExperimentRun.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.domain.Decision;
import dev.offshoot.domain.ExperimentOutcome;
import dev.offshoot.domain.Outcome;
import dev.offshoot.domain.Stage;
import io.temporal.api.enums.v1.EventType;
import io.temporal.client.WorkflowQueryException;
import io.temporal.client.WorkflowStub;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever is sent to an experiment, by whatever client, it stays well: no workflow task fails, the
 * sender of an update is answered, the sender of a signal finds it among the decisions, and a
 * person can still decide.
 */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PoisonousMessagesTest {
  private static final String MEGABYTE = "x".repeat(1 << 20);
  private ExperimentRun run;
  private WorkflowStub stub;

  @BeforeAll
  void start() {
    run = new ExperimentRun("poisoned");
    stub = run.startAndAwaitReview(spec().build());
  }

  @AfterAll
  void stillWell_andAPersonDecides() {
    stub.signal("approve", by("ada"));
    assertThat(result(stub).outcome()).isEqualTo(Outcome.MERGED);
    assertThat(run.temporal.getWorkflowClient().fetchHistory("experiment-poisoned").getEvents())
        .noneMatch(event -> event.getEventType() == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED);
    run.close();
  }

  static Stream<Arguments> decisions() {
    return Stream.of(
        named("nothing at all", new Object[] {}),
        named("null", new Object[] {null}),
        named("a number", 17),
        named("a text", "approve it"),
        named("a megabyte of text", MEGABYTE),
        named("a list", List.of("ada", 1)),
        named("a truth", true),
        named("two arguments", by("agent-7"), by("agent-7")),
        named("an empty object", Map.of()),
        named("an object as name", Map.of("by", Map.of("name", "ada"))),
        named("a list as name", Map.of("by", List.of("ada", "bob"))),
        named("a number as name of the requester", Map.of("by", 7, "digest", 8)),
        named("objects as hazards", Map.of("by", "ada", "acceptHazards", List.of(Map.of("a", 1)))),
        named("nulls as hazards", Map.of("by", "ada", "digest", "no", "acceptHazards", nulls())),
        named("an unknown hazard", Map.of("by", "ada", "acceptHazards", List.of("NOPE"))),
        named("a number as resolution", Map.of("by", "ada", "resolve", 3)),
        named("a text as resolution", Map.of("by", "ada", "resolve", "SIDEWAYS")),
        named("another digest", Map.of("by", "ada", "digest", "0".repeat(64))),
        named("unknown fields", Map.of("by", "agent-7", "force", true, "hazards", List.of(1, 2))),
        named("a megabyte as name", Map.of("by", MEGABYTE)),
        named("a megabyte as reason", Map.of("by", "ada", "reason", MEGABYTE)),
        named("a megabyte as digest", Map.of("by", "ada", "digest", MEGABYTE)),
        named("control characters as name", Map.of("by", "\u0000\u202e\u0007")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("decisions")
  void signal_isKeptWithWhyItDoesNotCount(String name, Object[] arguments) {
    long before = kept();

    stub.signal("approve", arguments);

    awaitStatus(stub, status -> kept() > before);
    Decision last = status(stub).decisions().get((int) before);
    assertThat(last.accepted()).as(name).isFalse();
    assertThat(last.refusal()).as(name).isNotBlank().hasSizeLessThan(500);
    assertWell();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("decisions")
  void update_isAnsweredWithWhyItDoesNotCount(String name, Object[] arguments) {
    Object request = arguments.length == 0 ? null : arguments[0];
    long before = kept();
    for (Object sent :
        Arrays.asList(
            request,
            request == null ? Map.of() : Map.of("decision", "APPROVE", "request", request))) {
      assertThatThrownBy(() -> stub.update("decide", Decision.class, sent)).as(name).isNotNull();
    }
    assertThat(kept()).isEqualTo(before);
    assertWell();
  }

  /** The SDK reads no such payload, and has it dropped before any code of ours. */
  @Test
  void bytesThatAreNoJson_areHarmless() {
    stub.signal("approve", "{\"by\": \"ada".getBytes(StandardCharsets.UTF_8));
    assertWell();
  }

  @Test
  void unknownNames_areHarmless() {
    stub.signal("merge", by("ada"));
    assertThatThrownBy(() -> stub.update("merge", Decision.class, by("ada"))).isNotNull();
    assertThatThrownBy(() -> stub.query("secrets", String.class))
        .isInstanceOf(WorkflowQueryException.class);
    assertThatThrownBy(
            () -> stub.update("decide", Decision.class, Map.of("decision", "MAYBE", "request", 1)))
        .isNotNull();
    assertWell();
  }

  @Test
  void extension_isAnsweredWithWhyItIsNone() {
    Instant deadline = status(stub).deadline();
    for (Object request :
        Arrays.asList(
            null,
            17,
            "2h",
            List.of(),
            Map.of("by", "ada"),
            Map.of("by", "ada", "ttl", "soon"),
            Map.of("by", "ada", "ttl", -1),
            Map.of("by", "ada", "ttl", "-5m"),
            Map.of("by", "ada", "ttl", "PT99999999999999H"),
            Map.of("by", Map.of(), "ttl", "2h"),
            Map.of("by", "", "ttl", "2h"))) {
      assertThatThrownBy(() -> stub.update("extendTtl", Instant.class, request))
          .as(String.valueOf(request))
          .isNotNull();
    }
    assertThat(status(stub).deadline()).isEqualTo(deadline);
    assertWell();
  }

  @Test
  void morePoison_thanAnybodyKeeps_leavesNoTrace() {
    try (ExperimentRun other = new ExperimentRun("flooded")) {
      WorkflowStub flooded = other.startAndAwaitReview(spec().build());
      for (int i = 0; i < 300; i++) {
        flooded.signal("reject", i);
      }
      flooded.signal("approve", by("ada"));
      ExperimentOutcome outcome = result(flooded);
      assertThat(outcome.outcome()).isEqualTo(Outcome.MERGED);
      assertThat(status(flooded).decisions()).hasSizeBetween(100, 103);
    }
  }

  private long kept() {
    return status(stub).decisions().size();
  }

  private void assertWell() {
    assertThat(status(stub).stage()).isEqualTo(Stage.AWAITING_DECISION);
  }

  private static Arguments named(String name, Object... arguments) {
    return Arguments.of(name, arguments);
  }

  private static List<String> nulls() {
    return Arrays.asList(null, null);
  }
}
