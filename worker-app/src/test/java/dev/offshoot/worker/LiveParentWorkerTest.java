package dev.offshoot.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.offshoot.BranchServer;
import dev.offshoot.PostgresPrograms;
import dev.offshoot.PostgresServer;
import dev.offshoot.TestParent;
import dev.offshoot.branch.FencingProcess;
import dev.offshoot.branch.OnDrift;
import dev.offshoot.branch.ParentConfig;
import dev.offshoot.branch.SourceConfig;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.sql.Sql;
import dev.offshoot.worker.stack.EmbeddedTemporalServer;
import dev.offshoot.worker.temporal.TemporalServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.ds.PGSimpleDataSource;

/** What a worker does for parents by itself, while nobody asks. */
@Timeout(120)
class LiveParentWorkerTest {
  private EmbeddedTemporalServer temporal;
  private TestParent parent;
  private PGSimpleDataSource ledger;

  @BeforeEach
  void startServers() throws Exception {
    temporal = EmbeddedTemporalServer.start(0, TemporalServer.searchAttributes());
    parent = PostgresServer.parent("CREATE TABLE item (id int); INSERT INTO item VALUES (1)");
    ledger = (PGSimpleDataSource) PostgresServer.freshLedger();
  }

  @AfterEach
  void stopServers() throws Exception {
    temporal.close();
    parent.close();
  }

  @Test
  void parentThatADeadWorkerLeftFenced_isOpenedByTheNextOne() throws Exception {
    killAWorkerThatFences();
    assertThat(acceptsConnections()).isFalse();

    try (RunningWorker worker = start(List.of()).awaitPolling()) {
      RunningWorker.await(this::acceptsConnections);
      assertThat(worker.get("/actuator/health/readiness").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void parentThatAnotherWorkerLeftFenced_isOpenedByOneThatGoesOn() throws Exception {
    try (RunningWorker worker = start(List.of("--offshoot.worker.recovery-every=1s"))) {
      worker.awaitPolling();

      killAWorkerThatFences();

      RunningWorker.await(this::acceptsConnections);
    }
  }

  private void killAWorkerThatFences() throws Exception {
    try (Connection application = parent.ownerConnection()) {
      ParentConfig config = parent.config();
      FencingProcess.killWhileFencing(
          ParentConfig.of("shop", config.url(), config.username(), config.password()),
          new BranchRef(new ExperimentId("killed"), 1, "shop"));
      assertThat(application.isValid(1)).isFalse();
    }
  }

  @Test
  void sourceCopy_isMadeAndMadeAnew_onItsSchedule() throws Exception {
    Optional<Path> programs = PostgresPrograms.folder("pg_dump", "pg_restore");
    assumeThat(programs).as("pg_dump and pg_restore of this server's version").isPresent();
    ParentConfig copied =
        BranchServer.withSource(parent.config(), OnDrift.REFUSE, programs.orElseThrow());
    SourceConfig source = copied.copying().source();

    try (RunningWorker worker =
        start(
            List.of(
                "--offshoot.parents.shop.source.url=" + source.url(),
                "--offshoot.parents.shop.source.username=" + source.username(),
                "--offshoot.parents.shop.source.password=" + source.password(),
                "--offshoot.parents.shop.source.refresh-every=1s",
                "--offshoot.parents.shop.source.pg-bin=" + programs.orElseThrow()))) {
      worker.awaitPolling();
      RunningWorker.await(() -> rowsInCopy(copied) == 1);
      parent.execute("INSERT INTO item VALUES (2)");
      RunningWorker.await(() -> rowsInCopy(copied) == 2);
    }
  }

  private static long rowsInCopy(ParentConfig copied) {
    try (Connection copy = BranchServer.owner(BranchServer.databaseOf(copied))) {
      return Sql.only(copy, "SELECT count(*) FROM item", row -> row.getLong(1));
    } catch (SQLException e) {
      return 0;
    }
  }

  private boolean acceptsConnections() {
    try (Connection session = parent.ownerConnection()) {
      return session.isValid(1);
    } catch (SQLException e) {
      return false;
    }
  }

  private RunningWorker start(List<String> more) {
    ParentConfig shop = parent.config();
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--server.port=0",
                "--offshoot.temporal.address=" + temporal.address(),
                "--offshoot.ledger.url=" + ledger.getUrl(),
                "--offshoot.ledger.username=" + ledger.getUser(),
                "--offshoot.ledger.password=" + ledger.getPassword(),
                "--offshoot.parents.shop.url=" + shop.url(),
                "--offshoot.parents.shop.username=" + shop.username(),
                "--offshoot.parents.shop.password=" + shop.password()));
    arguments.addAll(more);
    return RunningWorker.startConfigured(arguments.toArray(String[]::new));
  }
}
