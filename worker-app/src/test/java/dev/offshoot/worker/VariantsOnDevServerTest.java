package dev.offshoot.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.TestParent;
import dev.offshoot.client.AgentSession;
import dev.offshoot.client.OffshootClient;
import dev.offshoot.client.VariantGroup;
import dev.offshoot.domain.DecisionRequest;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.Outcome;
import dev.offshoot.domain.PickRequest;
import dev.offshoot.domain.Stage;
import dev.offshoot.domain.Variant;
import dev.offshoot.domain.VariantStatus;
import dev.offshoot.domain.VariantsSpec;
import dev.offshoot.domain.VariantsStatus;
import dev.offshoot.sql.Sql;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Groups of variants on the real server and a real Postgres. */
@Timeout(240)
class VariantsOnDevServerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir private static Path folder;
  private static RealWorld world;
  private static TestParent parent;
  private static OffshootClient client;

  @BeforeAll
  static void start() throws Exception {
    world =
        RealWorld.start(
            folder,
            """
            CREATE TABLE item (id int PRIMARY KEY, name text NOT NULL, n int NOT NULL DEFAULT 0);
            INSERT INTO item SELECT i, 'item ' || i FROM generate_series(1, 20) AS i;
            """,
            "--offshoot.worker.sweep-every=1s",
            "--offshoot.worker.orphan-grace=2s");
    parent = world.parent();
    client = world.client();
  }

  @AfterAll
  static void stop() throws Exception {
    if (world != null) {
      world.close();
    }
  }

  private static ExperimentSpec shared(String... checks) {
    var builder =
        ExperimentSpec.builder()
            .goal("number the items")
            .parent("shop")
            .requestedBy("planner")
            .ttl(Duration.ofMinutes(10));
    List.of(checks).forEach(builder::check);
    return builder.build();
  }

  private static VariantsStatus awaitAll(VariantGroup group) throws InterruptedException {
    return group.await(
        now ->
            now.outcome() != null
                || (now.ranking() != null
                    && now.variants().stream()
                        .allMatch(each -> each.ended() != null || each.awaitsDecision())),
        PATIENCE);
  }

  private static PickRequest pick(VariantsStatus group, String variant) {
    List<String> hazards =
        group.variants().stream()
            .filter(each -> String.valueOf(each.number()).equals(variant))
            .flatMap(
                each ->
                    Objects.requireNonNull(Objects.requireNonNull(each.report()).proposal())
                        .hazards()
                        .stream())
            .map(finding -> finding.hazard().name())
            .toList();
    return PickRequest.of(variant, new DecisionRequest("rita", "the best", null, hazards));
  }

  /** Databases and roles on the parent's server that belong to a group. */
  private static Set<String> left(String group) throws SQLException {
    try (Connection owner = parent.superuserConnection()) {
      return new TreeSet<>(
          Sql.list(
              owner,
              """
              SELECT datname FROM pg_database WHERE datname ~ ?
              UNION SELECT rolname FROM pg_roles WHERE rolname ~ ?
              """,
              row -> row.getString(1),
              "^offshoot_" + group.replace('-', '.'),
              "^offshoot_" + group.replace('-', '.')));
    }
  }

  private static void awaitNothingLeft(String group) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!left(group).isEmpty()) {
      assertThat(System.nanoTime()).as(left(group).toString()).isLessThan(end);
      Thread.sleep(200);
    }
  }

  private static String items() throws SQLException {
    try (Connection owner = parent.ownerConnection()) {
      return Sql.only(
          owner, "SELECT format('%s %s', count(*), sum(n)) FROM item", row -> row.getString(1));
    }
  }

  @Test
  void pickedVariant_isMerged_othersAreDropped_andNothingIsLeft() throws Exception {
    VariantGroup group =
        client.start(
            new ExperimentId("ways"),
            new VariantsSpec(
                shared("SELECT count(*) = 20 FROM item"),
                List.of(
                    Variant.ofScript("all", "UPDATE item SET n = 1"),
                    Variant.ofScript("few", "UPDATE item SET n = 2 WHERE id <= 3"),
                    Variant.ofScript("wrong", "DELETE FROM item WHERE id = 1"))));
    VariantsStatus asked = awaitAll(group);

    assertThat(asked.stage()).isEqualTo(Stage.AWAITING_DECISION);
    assertThat(asked.variants())
        .extracting(VariantStatus::awaitsDecision)
        .containsExactly(true, true, false);
    VariantStatus.End wrong = Objects.requireNonNull(asked.variants().get(2).ended());
    assertThat(wrong.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(wrong.why()).contains("check");
    assertThat(
            asked.variants().subList(0, 2).stream()
                .map(each -> Objects.requireNonNull(each.report()).branchPoint())
                .distinct())
        .hasSize(1);
    assertThat(Objects.requireNonNull(asked.ranking()).order()).containsExactly(2, 1);
    awaitNothingLeft("ways");
    assertThat(items()).isEqualTo("20 0");

    assertThat(group.pick(pick(asked, "2")).settles()).isTrue();

    VariantsStatus ended = group.await(now -> now.outcome() != null, PATIENCE);
    assertThat(Objects.requireNonNull(ended.outcome()).merged()).isEqualTo(2);
    assertThat(items()).isEqualTo("20 6");
    assertThat(left("ways")).isEmpty();
    assertThatThrownBy(() -> group.pick(pick(asked, "1"))).hasMessageContaining("has ended MERGED");
    try (Connection owner = parent.ownerConnection()) {
      Sql.execute(owner, "UPDATE item SET n = 0");
    }
  }

  @Test
  void agentsInSessionsOfTheirOwn_beginFromTheSameMoment_andOneIsPicked() throws Exception {
    VariantGroup group =
        client.start(
            new ExperimentId("agents"),
            new VariantsSpec(
                shared(),
                List.of(Variant.ofSession(null, "agent-1"), Variant.ofSession(null, "agent-2"))));
    AgentSession first = client.experiment(new ExperimentId("agents-1")).session();
    awaitExperiment("agents-1");
    assertThat(first.awaitOpen(PATIENCE).stage()).isEqualTo(Stage.IN_SESSION);
    try (Connection owner = parent.ownerConnection()) {
      Sql.execute(owner, "INSERT INTO item VALUES (77, 'since then')");
    }
    AgentSession second = client.experiment(new ExperimentId("agents-2")).session();
    awaitExperiment("agents-2");
    assertThat(second.awaitOpen(PATIENCE).stage()).isEqualTo(Stage.IN_SESSION);

    for (AgentSession session : List.of(first, second)) {
      assertThat(session.run("SELECT count(*) FROM item").statements().get(0).rows())
          .containsExactly(List.of("20"));
    }
    assertThat(first.run("UPDATE item SET n = 5 WHERE id = 1").applied()).isTrue();
    assertThat(second.run("UPDATE item SET n = 7 WHERE id = 1").applied()).isTrue();
    assertThat(first.submit("done").ended()).isTrue();
    assertThat(second.submit("done").ended()).isTrue();
    VariantsStatus asked = awaitAll(group);
    assertThatThrownBy(
            () -> group.pick(PickRequest.of("1", new DecisionRequest("agent-2", "x", null, null))))
        .hasMessageContaining("cannot pick");
    assertThat(group.pick(pick(asked, "1")).settles()).isTrue();

    VariantsStatus ended = group.await(now -> now.outcome() != null, PATIENCE);
    assertThat(Objects.requireNonNull(ended.outcome()).merged()).isEqualTo(1);
    assertThat(items()).isEqualTo("21 5");
    awaitNothingLeft("agents");
    try (Connection owner = parent.ownerConnection()) {
      Sql.execute(owner, "DELETE FROM item WHERE id = 77; UPDATE item SET n = 0");
    }
  }

  @Test
  void terminatedGroup_leavesNeitherVariantsNorStem() throws Exception {
    VariantGroup group =
        client.start(
            new ExperimentId("gone"),
            new VariantsSpec(
                shared(),
                List.of(
                    Variant.ofSession(null, "agent-1"),
                    Variant.ofScript(null, "UPDATE item SET n = 1"))));
    awaitExperiment("gone-1");
    var unused = client.experiment(new ExperimentId("gone-1")).session().awaitOpen(PATIENCE);
    assertThat(left("gone")).isNotEmpty();

    world.terminate(group.id().variantsWorkflowId());

    awaitNothingLeft("gone");
    assertThat(items()).isEqualTo("20 0");
  }

  /** The group starts it once its stem stands. */
  private static void awaitExperiment(String id) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        var unused = client.experiment(new ExperimentId(id)).status();
        return;
      } catch (RuntimeException e) {
        if (System.nanoTime() > end) {
          throw e;
        }
        Thread.sleep(200);
      }
    }
  }
}
