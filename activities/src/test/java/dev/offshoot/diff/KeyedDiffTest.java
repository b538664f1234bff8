package dev.offshoot.diff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.DatabaseDump;
import dev.offshoot.PostgresServer;
import dev.offshoot.TestParent;
import dev.offshoot.branch.PostgresBranchProvider;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.TransactionMode;
import dev.offshoot.ledger.ChangeSetStore;
import dev.offshoot.ledger.Ledger;
import dev.offshoot.sql.Sql;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Diffs that look at the captured keys only, on real branches, and what an experiment may try. */
class KeyedDiffTest {
  /** As many rows as make reading all of a table show in what is reported. */
  private static final String SETUP =
      """
      CREATE DOMAIN code AS varchar(40) CHECK (VALUE <> 'never');
      CREATE TABLE plain (id bigint PRIMARY KEY, v text, gone int);
      CREATE TABLE typed (n numeric, t text COLLATE "C", c code, at timestamptz, b bytea, u uuid, k bool,
        v int, PRIMARY KEY (n, t, c, at, b, u, k));
      CREATE COLLATION folded (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
      CREATE TABLE loose (name text COLLATE folded PRIMARY KEY, pad char(5) NOT NULL UNIQUE, v int);
      CREATE TABLE ev (id int, at date, v text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
      CREATE TABLE ev25 PARTITION OF ev FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
      CREATE TABLE ev26 PARTITION OF ev FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
      INSERT INTO plain SELECT g, 'v' || g, g FROM generate_series(-100, 200) g;
      INSERT INTO typed SELECT g / 4.0, 'tab	\\back "' || g, 'c' || g, timestamptz '2026-01-01' + g * interval '1 hour',
        decode(md5(g::text), 'hex'), md5(g::text)::uuid, g % 2 = 0, g FROM generate_series(1, 50) g;
      INSERT INTO loose SELECT 'Name ' || g, 'p' || g, g FROM generate_series(1, 20) g;
      INSERT INTO ev SELECT g, '2025-06-01', 'x' FROM generate_series(1, 30) g;
      INSERT INTO ev SELECT g, '2026-06-01', 'x' FROM generate_series(1, 30) g;
      """;

  private static final String[] EXPERIMENT = {
    "UPDATE plain SET v = upper(v) WHERE id % 50 = 0",
    "ALTER TABLE plain RENAME id TO number",
    "ALTER TABLE plain DROP gone",
    "ALTER TABLE plain ADD tier int DEFAULT 3",
    "ALTER TABLE plain RENAME TO simple",
    "UPDATE simple SET number = number + 1000, tier = 4 WHERE number IN (10, 11)",
    "DELETE FROM simple WHERE number < -95",
    "INSERT INTO simple (number, v) VALUES (5000, 'new'), (5001, NULL)",
    "UPDATE simple SET v = v WHERE number BETWEEN 20 AND 30",
    "UPDATE typed SET v = -v WHERE v > 40",
    "UPDATE typed SET n = n + 0.00, c = c || 'x' WHERE v = 7",
    "UPDATE loose SET name = upper(name) WHERE v <= 3",
    "UPDATE loose SET pad = 'q' WHERE v = 4",
    "UPDATE ev SET at = at + 300 WHERE id = 5 AND at < '2026-01-01'",
    "DELETE FROM ev26 WHERE id = 6",
    "UPDATE ev SET v = 'y' WHERE id = 7"
  };

  private static ChangeSetStore store;

  @BeforeAll
  static void makeLedger() throws SQLException {
    Ledger ledger = new Ledger(PostgresServer.freshLedger());
    ledger.migrate();
    store = ledger.changeSets();
  }

  @Test
  void changeSet_isTheSame_whicheverWayItIsFound() throws SQLException {
    try (TestParent parent = PostgresServer.parent(SETUP);
        ExperimentRun run =
            new ExperimentRun(parent, store, TransactionMode.PER_STATEMENT, EXPERIMENT)) {
      String branch = DatabaseDump.of(run.ref().branchName());
      loseOneKey(run);
      String withoutOneKey = RowDiffTest.counts(run.diff());

      ChangeSummary whole = run.comparedWhole().diff();

      assertThat(RowDiffTest.counts(whole))
          .isEqualTo(
              "ev +1 ~2 -2 of 60; loose +3 ~1 -3 of 20; simple +4 ~6 -7 of 301; typed +1 ~10 -1 of 50");
      // It was by the keys that the rows were found.
      assertThat(withoutOneKey)
          .isEqualTo(
              "ev +1 ~2 -2 of 60; loose +3 ~1 -3 of 20; simple +4 ~5 -7 of 301; typed +1 ~10 -1 of 50");
      assertThat(DatabaseDump.of(run.ref().branchName())).isEqualTo(branch);
    }
  }

  /** In the log another key stands for that of a changed row. */
  private static void loseOneKey(ExperimentRun run) throws SQLException {
    String keyed = run.diff().digest();
    assertThat(run.again().comparedWhole().diff().digest()).isEqualTo(keyed);
    run.again();
    try (Connection branch = PostgresServer.superuser(run.ref().branchName())) {
      Sql.execute(
          branch,
          "UPDATE offshoot_capture.log SET keys = array_replace(keys, '150', '0') WHERE '150' = ANY (keys)");
    }
  }

  @Test
  void whatAnExperimentDoesToTheCapture_makesNoDifferenceToTheDiff() throws SQLException {
    String tables =
        """
        CREATE TABLE t%1$d (id int PRIMARY KEY, v int);
        INSERT INTO t%1$d SELECT g, 0 FROM generate_series(1, 30) g;
        """;
    StringBuilder setup = new StringBuilder();
    for (int i = 1; i <= 8; i++) {
      setup.append(tables.formatted(i));
    }
    try (TestParent parent = PostgresServer.parent(setup.toString());
        ExperimentRun run =
            ExperimentRun.of(
                parent,
                store,
                "ALTER TABLE t1 DISABLE TRIGGER ALL".replace("ALL", "USER"),
                "UPDATE t1 SET v = 1 WHERE id = 1",
                "DROP TRIGGER offshoot_capture_update ON t2",
                "UPDATE t2 SET v = 1 WHERE id = 2",
                "DO $$ BEGIN ALTER TABLE t3 DISABLE TRIGGER offshoot_capture_update; UPDATE t3 SET v = 1 WHERE id = 3; ALTER TABLE t3 ENABLE TRIGGER offshoot_capture_update; END $$",
                "TRUNCATE t4",
                "INSERT INTO t4 SELECT g, 0 FROM generate_series(2, 30) g",
                "DO $$ BEGIN UPDATE t5 SET v = 1; RAISE 'undone'; EXCEPTION WHEN OTHERS THEN NULL; END $$",
                "UPDATE t5 SET v = 1 WHERE id = 5",
                "ALTER TABLE t6 RENAME TO x",
                "ALTER TABLE t7 RENAME TO t6",
                "ALTER TABLE x RENAME TO t7",
                "UPDATE t6 SET v = 1 WHERE id = 6",
                "UPDATE t7 SET v = 1 WHERE id = 7",
                "CREATE TABLE offshoot_capture (id int PRIMARY KEY, keys text[])",
                "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
                "CREATE TRIGGER offshoot_capture_insert AFTER INSERT ON offshoot_capture FOR EACH STATEMENT EXECUTE FUNCTION note()",
                "INSERT INTO offshoot_capture VALUES (1, '{2}')",
                "ALTER TABLE t8 DROP CONSTRAINT t8_pkey",
                "UPDATE t8 SET v = 1 WHERE id = 8")) {
      ChangeSummary summary = run.diff();

      assertThat(RowDiffTest.counts(summary))
          .isEqualTo(
              "offshoot_capture +1 ~0 -0 of 0; t1 +0 ~1 -0 of 30; t2 +0 ~1 -0 of 30; t3 +0 ~1 -0 of 30; t4 +0 ~0 -1 of 30; t5 +0 ~1 -0 of 30; t6 +0 ~1 -0 of 30; t7 +0 ~1 -0 of 30; t8 +1 ~0 -1 of 30");
      assertThat(summary.schemaChanges())
          .noneMatch(
              change ->
                  change.objectType().equals("trigger")
                      && !change.identity().endsWith("public.offshoot_capture"));
      assertThat(run.comparedWhole().diff().digest()).isEqualTo(summary.digest());
    }
  }

  @Test
  void log_isOutOfTheExperimentsReach_whateverTheOwnersDefaultPrivilegesAre() throws SQLException {
    String setup =
        """
        CREATE TABLE t (id int PRIMARY KEY, v int);
        ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC;
        ALTER DEFAULT PRIVILEGES GRANT ALL ON SCHEMAS TO PUBLIC;
        ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM CURRENT_USER;
        """;
    try (TestParent parent = PostgresServer.parent(setup);
        PostgresBranchProvider provider = new PostgresBranchProvider(parent.config())) {
      BranchRef ref = new BranchRef(new ExperimentId("reach"), 1, parent.database());
      provider.create(ref, Instant.now().plus(Duration.ofHours(1)), Progress.NONE);
      try (Connection agent = provider.openForExperiment(ref)) {
        Sql.execute(agent, "INSERT INTO t VALUES (1, 1)");
        List<String> allowed = new ArrayList<>();
        for (String attempt :
            List.of(
                "SELECT FROM offshoot_capture.log",
                "DELETE FROM offshoot_capture.log",
                "INSERT INTO offshoot_capture.installed VALUES (1, '1', '(0,1)')",
                "DROP SCHEMA offshoot_capture CASCADE",
                "ALTER SCHEMA offshoot_capture RENAME TO x",
                "CREATE TABLE offshoot_capture.mine (a int)",
                "SELECT offshoot_capture.note()",
                "ALTER FUNCTION offshoot_capture.note() SECURITY INVOKER",
                "DROP FUNCTION offshoot_capture.note() CASCADE",
                "CREATE TRIGGER mine AFTER INSERT ON t EXECUTE FUNCTION offshoot_capture.note('{1}', '{23}')",
                "GRANT \"%s\" TO \"%s\"".formatted(ref.baseName(), ref.branchName()),
                "SET ROLE \"%s\"".formatted(ref.baseName()),
                "SET session_replication_role = replica")) {
          try {
            Sql.execute(agent, attempt);
            allowed.add(attempt);
          } catch (SQLException e) {
            assertThat(e.getSQLState()).as(attempt).isIn("42501", "0LP01");
          }
        }
        assertThat(allowed).isEmpty();
      } finally {
        provider.drop(ref);
      }
    }
  }

  @Test
  void parentWithASchemaOfOurName_isRefused() throws SQLException {
    try (TestParent parent = PostgresServer.parent("CREATE SCHEMA offshoot_capture");
        PostgresBranchProvider provider = new PostgresBranchProvider(parent.config())) {
      BranchRef ref = new BranchRef(new ExperimentId("taken"), 1, parent.database());

      assertThatThrownBy(
              () -> provider.create(ref, Instant.now().plus(Duration.ofHours(1)), Progress.NONE))
          .isInstanceOfSatisfying(
              OffshootException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.PARENT_UNSUITABLE))
          .hasMessageContaining("schema offshoot_capture");
      assertThat(provider.standing()).isEmpty();
    }
  }
}
