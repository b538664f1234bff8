package dev.offshoot.diff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.PostgresServer;
import dev.offshoot.TestParent;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.ledger.ChangeSetStore;
import dev.offshoot.ledger.Ledger;
import dev.offshoot.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * An experiment makes a table on another server a partition of one whose written keys are noted.
 * Postgres takes foreign partitions only where there is no key, so their rows are never noted.
 */
class ForeignPartitionTest {
  private static final String SETUP =
      """
      CREATE TABLE ev (id int, at date, v text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
      CREATE TABLE ev25 PARTITION OF ev FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
      INSERT INTO ev SELECT g, '2025-06-01', 'x' FROM generate_series(1, 5) g;
      """;

  private static final String DROP_KEY = "ALTER TABLE ev DROP CONSTRAINT ev_pkey";
  private static final String ATTACH =
      "ALTER TABLE ev ATTACH PARTITION far FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')";

  private static TestParent parent;
  private static ChangeSetStore store;

  @BeforeAll
  static void start() throws SQLException {
    Ledger ledger = new Ledger(PostgresServer.freshLedger());
    ledger.migrate();
    store = ledger.changeSets();
    parent = PostgresServer.parent(SETUP);
    try (Connection superuser = parent.superuserConnection()) {
      Sql.execute(
          superuser,
          """
          CREATE EXTENSION postgres_fdw;
          CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'x');
          ALTER SERVER elsewhere OWNER TO %s;
          """
              .formatted(parent.config().username()));
    }
    parent.execute(
        "CREATE FOREIGN TABLE far (id int NOT NULL, at date NOT NULL, v text) SERVER elsewhere");
  }

  @AfterAll
  static void stop() throws SQLException {
    parent.close();
  }

  @Test
  void tableWithAKey_takesNone() {
    assertThatThrownBy(() -> ExperimentRun.of(parent, store, ATTACH))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("cannot attach foreign table \"far\"");
  }

  @Test
  void partitionAlone_isCarried() throws SQLException {
    try (ExperimentRun run = ExperimentRun.of(parent, store, DROP_KEY, ATTACH)) {
      ChangeSummary summary = run.diff();

      assertThat(summary.totalRows()).isZero();
      assertThat(summary.schemaChanges()).anyMatch(change -> change.identity().contains("far"));
    }
  }

  @Test
  void rowsOfItsRoot_areRefusedByName() throws SQLException {
    try (ExperimentRun run =
        ExperimentRun.of(
            parent,
            store,
            DROP_KEY,
            ATTACH,
            "INSERT INTO ev VALUES (9, '2025-07-07', 'y')",
            "UPDATE ev SET v = 'y' WHERE at < '2026-01-01'",
            "DELETE FROM ev25 WHERE id = 1")) {
      assertThatThrownBy(run::diff)
          .isInstanceOfSatisfying(
              OffshootException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_CARRIED))
          .hasMessageContaining("table ev has partitions on another server");
    }
  }

  /** No branch has the parent's logins to other servers. */
  @Test
  void rowsOnTheOtherServer_areOutOfReach() {
    assertThatThrownBy(
            () ->
                ExperimentRun.of(
                    parent, store, DROP_KEY, ATTACH, "INSERT INTO ev VALUES (9, '2026-07-07')"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("user mapping not found");
  }

  @Test
  void rowsWrittenWhileItWasThere_areCarried_onceItIsGone() throws SQLException {
    try (ExperimentRun run =
        ExperimentRun.of(
            parent,
            store,
            DROP_KEY,
            ATTACH,
            "UPDATE ev SET v = 'y' WHERE at < '2026-01-01' AND id < 3",
            "ALTER TABLE ev DETACH PARTITION far",
            "ALTER TABLE ev ADD PRIMARY KEY (id, at)")) {
      assertThat(RowDiffTest.counts(run.diff())).isEqualTo("ev +0 ~2 -0 of 5");
    }
  }
}
