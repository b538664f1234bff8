package dev.offshoot.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.PostgresServer;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentRow;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.HealthFinding.Level;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.ledger.BranchRegistry.Registered;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

class JdbcBranchRegistryTest {
  private static final Instant DEADLINE = Instant.parse("2030-01-01T00:00:00.123456Z");
  private static final BranchRef REF = ref("e1", 1);

  private Ledger ledger;
  private BranchRegistry registry;

  @BeforeEach
  void migrate() throws SQLException {
    ledger = new Ledger(PostgresServer.freshLedger());
    ledger.migrate();
    registry = ledger.branches();
  }

  @Test
  void registeredBranch_livesUntilItIsDropped_andKeepsTheFirstReason() {
    registry.register(REF, "postgres", "experiment-e1", "run-1", spec("agent-7"), DEADLINE);
    registry.register(REF, "postgres", "experiment-e1", "run-1", spec("agent-7"), DEADLINE);
    registry.ready(REF);

    assertThat(registry.living())
        .containsExactly(new Registered(REF, "postgres", "experiment-e1", "run-1", DEADLINE));

    registry.extend(REF, DEADLINE.plusSeconds(60));
    assertThat(registry.living().get(0).deadline()).isEqualTo(DEADLINE.plusSeconds(60));

    registry.dropped(REF, "merged");
    registry.dropped(REF, "expired");
    assertThat(registry.living()).isEmpty();
  }

  @Test
  void anotherRunUnderTheSameId_isToldWhoHasIt() {
    registry.register(REF, "postgres", "experiment-e1", "run-1", spec("agent-7"), DEADLINE);
    registry.dropped(REF, "merged");

    assertThatThrownBy(
            () ->
                registry.register(
                    REF, "postgres", "experiment-e1", "run-2", spec("agent-8"), DEADLINE))
        .isInstanceOfSatisfying(
            OffshootException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.ID_IN_USE);
              assertThat(e)
                  .hasMessageContaining("'e1'")
                  .hasMessageContaining("agent-7")
                  .hasMessageContaining("is gone");
            });
    assertThat(registry.living()).isEmpty();
  }

  @Test
  void sameRun_mayMakeItsBranchAgain_andASecondAttempt() {
    registry.register(REF, "postgres", "experiment-e1", "run-1", spec("a"), DEADLINE);
    registry.dropped(REF, "parent busy");

    registry.register(REF, "postgres", "experiment-e1", "run-1", spec("a"), DEADLINE);
    registry.register(ref("e1", 2), "postgres", "experiment-e1", "run-1", spec("a"), DEADLINE);

    assertThat(registry.living())
        .extracting(Registered::ref)
        .containsExactlyInAnyOrder(REF, ref("e1", 2));
  }

  @Test
  void branchThatWasDroppedWhileBeingMade_isNotNotedAsReady() {
    registry.register(REF, "postgres", "experiment-e1", "run-1", spec("a"), DEADLINE);
    registry.dropped(REF, "cancelled");

    assertThatThrownBy(() -> registry.ready(REF))
        .isInstanceOfSatisfying(
            OffshootException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BRANCH_GONE));
  }

  @Test
  void experiments_areListedNewestFirst_byParentAndTenant() {
    for (int n = 1; n <= 3; n++) {
      registry.register(
          ref("e" + n, 1), "postgres", "experiment-e" + n, "run", spec("agent-" + n), DEADLINE);
    }

    List<ExperimentRow> two = registry.experiments("shop", "acme", 2);

    assertThat(two).extracting(row -> row.id().value()).containsExactly("e3", "e2");
    assertThat(two.get(0).goal()).isEqualTo("tidy up");
    assertThat(two.get(0).requestedBy()).isEqualTo("agent-3");
    assertThat(two.get(0).deadline()).isEqualTo(DEADLINE);
    assertThat(registry.experiments(null, null, 100)).hasSize(3);
    assertThat(registry.experiments("other", null, 100)).isEmpty();
    assertThat(registry.experiments(null, "other", 100)).isEmpty();
  }

  @Test
  void workersThatStartTogether_migrateOnce() throws SQLException {
    DataSource fresh = PostgresServer.freshLedger();

    List<CompletableFuture<Void>> workers =
        IntStream.range(0, 4)
            .mapToObj(n -> CompletableFuture.runAsync(() -> new Ledger(fresh).migrate()))
            .toList();
    workers.forEach(CompletableFuture::join);

    assertThat(new Ledger(fresh).examine().level()).isEqualTo(Level.OK);
    assertThat(new Ledger(fresh).examine().finding()).containsPattern("version \\d+");
  }

  @Test
  void emptyOrUnreachableLedger_isBroken_andSaysWhatToDo() throws SQLException {
    PGSimpleDataSource down = new PGSimpleDataSource();
    down.setUrl("jdbc:postgresql://127.0.0.1:1/ledger");
    down.setPassword("hush");

    assertThat(new Ledger(PostgresServer.freshLedger()).examine().level()).isEqualTo(Level.BROKEN);
    assertThat(new Ledger(down).examine().level()).isEqualTo(Level.BROKEN);
    assertThat(new Ledger(down).examine().remedy()).contains("ledger.url");
    for (Runnable use :
        List.<Runnable>of(
            () -> new Ledger(down).migrate(), () -> new Ledger(down).branches().living())) {
      assertThatThrownBy(use::run)
          .isInstanceOfSatisfying(
              OffshootException.class,
              e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.LEDGER_UNREACHABLE);
                assertThat(e).hasMessageNotContainingAny("hush", "127.0.0.1");
              });
    }
  }

  private static BranchRef ref(String id, int attempt) {
    return new BranchRef(new ExperimentId(id), attempt, "shop");
  }

  private static ExperimentSpec spec(String requestedBy) {
    return ExperimentSpec.builder()
        .goal("tidy\0 up")
        .parent("shop")
        .tenant("acme")
        .requestedBy(requestedBy)
        .build();
  }
}
