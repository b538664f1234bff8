package dev.offshoot.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.offshoot.BranchServer;
import dev.offshoot.PostgresPrograms;
import dev.offshoot.PostgresServer;
import dev.offshoot.TestParent;
import dev.offshoot.branch.OnDrift;
import dev.offshoot.branch.ParentConfig;
import dev.offshoot.domain.MergeReport;
import dev.offshoot.domain.MergeResult;
import dev.offshoot.domain.Strictness;
import dev.offshoot.sql.Sql;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code pgbench} works on the parent all the time, its branches are on another server, and
 * experiments merge, a large one among them: nothing is lost, nobody fails or is disconnected.
 */
class MergeUnderPgbenchTest {
  private static final int GOLD = Pgbench.ACCOUNTS / 2;
  private static final int GIFTS = 2_000;
  private static final int GIFT = 7;

  @TempDir Path directory;

  @Test
  void nothingIsLost_andNobodyIsDisconnected() throws Exception {
    Optional<Path> programs = PostgresPrograms.folder("pgbench", "pg_dump", "pg_restore");
    assumeTrue(programs.isPresent(), "no pgbench of this server's version where .ci/run puts it");
    try (TestParent parent = PostgresServer.parent(Pgbench.TABLES)) {
      ParentConfig config =
          BranchServer.withSource(parent.config(), OnDrift.REFUSE, programs.get());
      long transactions;
      try (ExperimentsElsewhere experiments = new ExperimentsElsewhere(config);
          Pgbench load =
              new Pgbench(programs.get().resolve("pgbench"), parent.config(), directory)) {
        experiments.refreshSource();

        // Half of the rows that pgbench writes, in another column.
        MergeReport gold =
            report(
                experiments.merge(
                    "gold",
                    "UPDATE pgbench_accounts SET filler = 'gold' WHERE aid % 2 = 0",
                    spec -> spec.strictness(Strictness.CELL)));
        // The very column that pgbench writes.
        MergeReport gifts =
            report(
                experiments.merge(
                    "gifts",
                    "UPDATE pgbench_accounts SET abalance = abalance + %d WHERE aid <= %d"
                        .formatted(GIFT, GIFTS),
                    spec ->
                        spec.strictness(Strictness.CELL)
                            .deltaColumn("public.pgbench_accounts.abalance")));
        // A table that every transaction of pgbench writes gets another column.
        MergeReport notes =
            report(
                experiments.merge(
                    "notes",
                    """
                    ALTER TABLE pgbench_tellers ADD COLUMN note text DEFAULT 'none';
                    CREATE TABLE notes (id int PRIMARY KEY, teller int REFERENCES pgbench_tellers);
                    INSERT INTO notes SELECT g, 1 + g % 20 FROM generate_series(1, 500) AS g;
                    """));
        transactions = load.end();

        assertThat(gold.updated()).isEqualTo(GOLD);
        assertThat(gifts.updated()).isEqualTo(GIFTS);
        assertThat(notes.inserted()).isEqualTo(500);
        assertThat(List.of(gold, gifts, notes))
            .allSatisfy(
                report -> {
                  assertThat(report.longestWaitForMergeMillis()).isNotNull();
                  assertThat(report.longestLockWaitMillis()).isBetween(0L, report.millis());
                });
      }
      assertThat(transactions).isPositive();
      assertThat(number(parent, "SELECT count(*) FROM pgbench_history")).isEqualTo(transactions);
      long paid = number(parent, "SELECT sum(delta) FROM pgbench_history");
      assertThat(number(parent, "SELECT sum(bbalance) FROM pgbench_branches")).isEqualTo(paid);
      assertThat(number(parent, "SELECT sum(tbalance) FROM pgbench_tellers")).isEqualTo(paid);
      assertThat(number(parent, "SELECT sum(abalance) FROM pgbench_accounts"))
          .isEqualTo(paid + (long) GIFTS * GIFT);
      assertThat(number(parent, "SELECT count(*) FROM pgbench_accounts WHERE filler = 'gold'"))
          .isEqualTo(GOLD);
      assertThat(
              number(
                  parent,
                  """
                  SELECT count(*) FROM pgbench_accounts AS a
                  WHERE abalance <> CASE WHEN aid <= %d THEN %d ELSE 0 END
                    + coalesce((SELECT sum(delta) FROM pgbench_history AS h WHERE h.aid = a.aid), 0)
                    AND aid IN (SELECT aid FROM pgbench_history)
                  """
                      .formatted(GIFTS, GIFT)))
          .as("accounts with a wrong balance")
          .isZero();
      assertThat(number(parent, "SELECT count(*) FROM pgbench_tellers WHERE note = 'none'"))
          .isEqualTo(Pgbench.TELLERS);
      assertThat(number(parent, "SELECT count(*) FROM notes")).isEqualTo(500);
    }
  }

  private static MergeReport report(MergeResult result) {
    assertThat(result.report()).as(String.valueOf(result.conflicts())).isNotNull();
    return result.report();
  }

  private static long number(TestParent parent, String query) throws SQLException {
    try (Connection connection = parent.ownerConnection()) {
      return Sql.only(connection, query, row -> row.getLong(1));
    }
  }
}
