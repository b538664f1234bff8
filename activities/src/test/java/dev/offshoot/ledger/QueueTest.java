package dev.offshoot.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.PostgresServer;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentSpec;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Room for branches, and whose turn it is. */
@Timeout(60)
class QueueTest {
  private static final BranchLimits THREE = new BranchLimits(3, 100);

  private DataSource database;
  private BranchRegistry registry;

  @BeforeEach
  void freshLedger() throws Exception {
    database = PostgresServer.freshLedger();
    Ledger ledger = new Ledger(database);
    ledger.migrate();
    registry = ledger.branches();
  }

  @Test
  void parentThatIsFull_keepsWaiting_withPlaceAndReason_untilABranchIsGone() {
    List.of("a", "b", "c").forEach(id -> assertThat(ask(id, "acme", THREE)).isEmpty());

    assertThat(ask("d", "acme", THREE))
        .hasValue("place 1 of 1: 3 of 3 branches of parent 'shop' stand");
    assertThat(ask("e", "acme", THREE))
        .hasValue("place 2 of 2: 3 of 3 branches of parent 'shop' stand");
    assertThat(registry.living()).hasSize(3);

    registry.dropped(ref("a"), "done");
    assertThat(ask("e", "acme", THREE)).isPresent();
    assertThat(ask("d", "acme", THREE)).isEmpty();
  }

  @Test
  void noisyTenant_keepsAnotherWaitingForOneBranch_notForItsHundred() {
    IntStream.range(0, 100).forEach(i -> ask("noisy%d".formatted(i), "noisy", THREE));
    assertThat(registry.living()).hasSize(3);

    assertThat(ask("quiet", "quiet", THREE))
        .hasValueSatisfying(why -> assertThat(why).startsWith("place 1 of 98"));
    registry.dropped(ref("noisy0"), "done");
    assertThat(ask("noisy3", "noisy", THREE)).isPresent();
    assertThat(ask("quiet", "quiet", THREE)).isEmpty();
  }

  @Test
  void tenantsTakeTurns() {
    IntStream.range(0, 6).forEach(i -> ask("a%d".formatted(i), "a", new BranchLimits(0, 9)));
    IntStream.range(0, 3).forEach(i -> ask("b%d".formatted(i), "b", new BranchLimits(0, 9)));
    List<String> order = new ArrayList<>();
    BranchLimits one = new BranchLimits(1, 9);
    List<String> waiting =
        new ArrayList<>(List.of("a0", "a1", "a2", "a3", "a4", "a5", "b0", "b1", "b2"));
    while (!waiting.isEmpty()) {
      for (String id : List.copyOf(waiting)) {
        if (ask(id, id.substring(0, 1), one).isEmpty()) {
          order.add(id);
          waiting.remove(id);
          registry.dropped(ref(id), "done");
        }
      }
    }
    assertThat(order.subList(0, 2)).containsExactlyInAnyOrder("a0", "b0");
    assertThat(order.indexOf("b2")).isLessThan(order.indexOf("a5"));
  }

  @Test
  void tenantAtItsLimit_waits_whileAnotherGetsTheRoom() {
    BranchLimits two = new BranchLimits(5, 2);
    assertThat(ask("a", "acme", two)).isEmpty();
    assertThat(ask("b", "acme", two)).isEmpty();

    assertThat(ask("c", "acme", two))
        .hasValue("tenant 'acme' has 2 of 2 branches of parent 'shop', and its others come first");
    assertThat(ask("d", "other", two)).isEmpty();
  }

  @Test
  void branchThatIsRegistered_isAskedForAgain_withoutWaiting() {
    List.of("a", "b", "c").forEach(id -> ask(id, "acme", THREE));
    ask("d", "acme", THREE);

    assertThat(ask("a", "acme", THREE)).isEmpty();
  }

  @Test
  void whoeverHasEndedOrIsSilent_keepsNobodyWaiting() throws Exception {
    List.of("a", "b", "c").forEach(id -> ask(id, "acme", THREE));
    ask("ended", "acme", THREE);
    ask("silent", "acme", THREE);
    ask("waits", "acme", THREE);
    registry.leaveQueue(new ExperimentId("ended"));
    run(
        """
        UPDATE offshoot_ledger.waiting SET asked_at = now() - interval '11 minutes'
        WHERE experiment = 'silent'
        """);

    assertThat(ask("waits", "acme", THREE))
        .hasValueSatisfying(why -> assertThat(why).startsWith("place 1 of 1:"));
  }

  @Test
  void serverWithoutRoom_keepsWaiting_withItsReason_andWhoeverIsFirstGetsTheRoomFirst() {
    BranchLimits none = new BranchLimits(9, 9, 0, "the server is crowded");
    BranchLimits one = new BranchLimits(9, 9, 1, "the server is nearly full");

    assertThat(ask("a", "acme", none)).hasValue("place 1 of 1: the server is crowded");
    assertThat(ask("b", "acme", none)).hasValue("place 2 of 2: the server is crowded");
    assertThat(ask("b", "acme", one)).hasValue("place 2 of 2: the server is nearly full");
    assertThat(ask("a", "acme", one)).isEmpty();
  }

  @Test
  void branchThatIsBeingMade_takesRoomThatWasMeasuredBefore() {
    BranchLimits one = new BranchLimits(9, 9, 1, "the server is nearly full");
    assertThat(ask("a", "acme", one)).isEmpty();

    assertThat(ask("b", "acme", one))
        .hasValue("place 1 of 1: the server is nearly full (1 being made)");
    registry.ready(ref("a"));
    assertThat(ask("b", "acme", one)).isEmpty();
  }

  private Optional<String> ask(String id, String tenant, BranchLimits limits) {
    ExperimentId experiment = new ExperimentId(id);
    return registry.registerInTurn(
        ref(id),
        "postgres",
        experiment.workflowId(),
        "run-" + id,
        ExperimentSpec.builder().tenant(tenant).build(),
        Instant.now().plusSeconds(600),
        limits);
  }

  private static BranchRef ref(String id) {
    return new BranchRef(new ExperimentId(id), 1, "shop");
  }

  private void run(String sql) throws Exception {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
