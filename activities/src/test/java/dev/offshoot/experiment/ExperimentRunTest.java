package dev.offshoot.experiment;

import static dev.offshoot.experiment.OnBranch.script;
import static dev.offshoot.experiment.OnBranch.statements;
import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ExperimentReport;
import dev.offshoot.domain.Limits;
import dev.offshoot.domain.OffshootJson;
import dev.offshoot.domain.SchemaStatement;
import dev.offshoot.domain.StatementResult;
import dev.offshoot.domain.TransactionMode;
import dev.offshoot.step.Progress;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What experiments report that run to their end. */
class ExperimentRunTest {
  private static OnBranch branch;

  @BeforeAll
  static void start() throws SQLException {
    branch = new OnBranch();
  }

  @AfterAll
  static void stop() throws SQLException {
    branch.close();
  }

  @Test
  void results_haveRowsAffectedFirstRowsAndTheirOrder() {
    ExperimentReport report =
        branch.run(
            script(
                    """
                    SELECT id, city, NULL AS nothing, '\\x00ff'::bytea FROM customer ORDER BY id;
                    UPDATE orders SET amount = 0 WHERE id <= 3;
                    UPDATE orders SET amount = 0 WHERE id < 0;
                    ALTER TABLE customer ADD COLUMN note text;
                    DELETE FROM orders WHERE id <= 7 RETURNING id;
                    SELECT count(*) FROM orders WHERE '{"a": 1}'::jsonb ? 'a';
                    """)
                .limits(new Limits(null, null, null, 2))
                .check("SELECT count(*) = 493 FROM orders")
                .check("VALUES (true)"));

    List<StatementResult> results = report.statements();
    assertThat(results).extracting(StatementResult::index).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(results)
        .extracting(StatementResult::rowsAffected)
        .containsExactly(null, 3L, 0L, null, 7L, null);
    assertThat(results)
        .extracting(StatementResult::moreRows)
        .containsExactly(true, false, false, false, true, false);
    assertThat(results)
        .extracting(StatementResult::changedSchema)
        .containsExactly(false, false, false, true, false, false);
    assertThat(results.get(0).columns()).containsExactly("id", "city", "nothing", "bytea");
    assertThat(results.get(0).rows())
        .containsExactly(
            Arrays.asList("1", "Rome", null, "\\x00ff"),
            Arrays.asList("2", "Rome", null, "\\x00ff"));
    assertThat(results.get(5).rows()).containsExactly(List.of("493"));
    assertThat(report.checks())
        .containsExactly("SELECT count(*) = 493 FROM orders", "VALUES (true)");
  }

  @Test
  void writtenTables_areTouched_whoeverWroteThem() throws SQLException {
    ExperimentReport report =
        branch.run(
            script(
                """
                SELECT * FROM orders;
                DO $$ BEGIN UPDATE customer SET city = 'Oslo' WHERE id = 1; END $$;
                INSERT INTO events VALUES ('2026-02-03', 'x');
                CREATE TEMP TABLE mine AS SELECT * FROM orders;
                INSERT INTO mine SELECT * FROM orders;
                """));

    // audit by a deferred trigger that ran at the end
    assertThat(report.touchedTables())
        .containsExactlyInAnyOrder(
            branch.oid("customer"), branch.oid("audit"), branch.oid("events_2026"));
    assertThat(report.schemaStatements()).isEmpty();
  }

  @Test
  void truncatedRewrittenAndNewTables_areTouched() throws SQLException {
    ExperimentReport report =
        branch.run(
            script(
                """
                TRUNCATE orders;
                ALTER TABLE customer ALTER COLUMN city TYPE varchar(40);
                ALTER TABLE empty_one ALTER COLUMN id TYPE bigint;
                CREATE TABLE copy AS SELECT * FROM customer;
                """));

    List<Long> touched = new ArrayList<>(report.touchedTables());
    assertThat(touched)
        .contains(branch.oid("orders"), branch.oid("customer"), branch.oid("empty_one"));
    assertThat(touched).hasSize(4);
    assertThat(report.schemaStatements())
        .extracting(SchemaStatement::index)
        .containsExactly(1, 2, 3);
  }

  @Test
  void schemaChanges_areSeen_howeverTheyAreMade_withTheSearchPathBeforeThem() {
    ExperimentReport report =
        branch.run(
            script(
                """
                CREATE SCHEMA "odd, Name";
                SET search_path = "odd, Name", nowhere, public;
                CREATE TABLE here (id int);
                DO $$ BEGIN EXECUTE 'ALTER TABLE customer ADD COLUMN n int'; END $$;
                SELECT set_config('search_path', '', false);
                COMMENT ON TABLE public.orders IS 'what people bought';
                CREATE TEMP TABLE t (id int);
                ANALYZE public.orders;
                GRANT SELECT ON public.orders TO PUBLIC;
                """));

    assertThat(report.schemaStatements())
        .containsExactly(
            new SchemaStatement(0, "\"public\""),
            new SchemaStatement(2, "\"odd, Name\", \"public\""),
            new SchemaStatement(3, "\"odd, Name\", \"public\""),
            new SchemaStatement(5, "\"\""),
            new SchemaStatement(8, "\"\""));
  }

  @Test
  void perStatement_commitsEach_andFollowsThemAll() throws SQLException {
    ExperimentReport report =
        branch.run(
            script(
                    """
                    CREATE TYPE mood AS ENUM ('glad');
                    ALTER TYPE mood ADD VALUE 'sad';
                    CREATE TABLE feelings AS SELECT 'sad'::mood AS m;
                    INSERT INTO audit VALUES ('x');
                    LISTEN news;
                    NOTIFY news;
                    ALTER TABLE customer ADD COLUMN m mood DEFAULT 'sad';
                    """)
                .transaction(TransactionMode.PER_STATEMENT)
                .check("SELECT bool_and(m = 'sad') FROM customer"));

    assertThat(report.schemaStatements())
        .extracting(SchemaStatement::index)
        .containsExactly(0, 1, 2, 6);
    assertThat(report.touchedTables()).hasSize(2).contains(branch.oid("audit"));
  }

  @Test
  void readOnlyTransactionOfItsOwn_isFine() {
    ExperimentReport report =
        branch.run(script("SET TRANSACTION READ ONLY; SELECT count(*) FROM orders"));

    assertThat(report.touchedTables()).isEmpty();
    assertThat(report.statements().get(1).rows()).containsExactly(List.of("500"));
  }

  @Test
  void hostileSettings_doNotBlindTheWorker() throws SQLException {
    ExperimentReport report =
        branch.run(
            script(
                """
                CREATE SCHEMA mine;
                CREATE FUNCTION mine.never(bigint, bigint) RETURNS boolean LANGUAGE sql AS 'SELECT false';
                CREATE OPERATOR mine.> (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = mine.never);
                CREATE TEMP TABLE pg_class (oid oid, relname name);
                SET search_path = mine, pg_temp, pg_catalog, public;
                SET statement_timeout = '30ms';
                UPDATE orders SET amount = 1 WHERE id = 1;
                ALTER TABLE customer ADD COLUMN n int;
                """));

    assertThat(report.touchedTables()).contains(branch.oid("orders"));
    assertThat(report.schemaStatements())
        .contains(new SchemaStatement(7, "\"mine\", \"pg_catalog\", \"public\""));
  }

  @Test
  void queryThatWritesAsItGoes_runsToItsEnd() throws SQLException {
    BranchRef ref = branch.freshBranch();

    branch.run(
        ref,
        script(
            """
            CREATE FUNCTION put(i int) RETURNS int LANGUAGE sql AS 'INSERT INTO empty_one VALUES (i) RETURNING id';
            SELECT put(g) FROM generate_series(1, 300) g;
            """),
        Progress.NONE);

    assertThat(OnBranch.dump(ref)).contains("\n(300)");
    branch.provider().drop(ref);
  }

  @Test
  void tenMillionRows_fitIntoLittleMemoryAndTime() {
    System.gc();
    long before = used();
    long start = System.nanoTime();

    ExperimentReport report =
        branch.run(
            statements(
                "SELECT g, repeat('x', 100) FROM generate_series(1, 10000000) g",
                "SELECT repeat('x', 50000000)"));

    StatementResult first = report.statements().get(0);
    assertThat(first.rows()).hasSize(10);
    assertThat(first.moreRows()).isTrue();
    assertThat(report.statements().get(1).rows().get(0).get(0))
        .hasSizeLessThan(230)
        .endsWith("…(50000000 characters)");
    System.gc();
    assertThat(used() - before).isLessThan(20_000_000);
    assertThat(System.nanoTime() - start).isLessThan(20_000_000_000L);
  }

  @Test
  void report_staysSmall_howeverWideTheResults() throws Exception {
    String wide = "repeat('\u0001é', 300) AS c";
    String query = "SELECT " + "%s, ".formatted(wide).repeat(69) + wide + " FROM orders";
    String[] queries = new String[30];
    Arrays.fill(queries, query);

    ExperimentReport report =
        branch.run(statements(queries).limits(new Limits(null, null, null, 100)));

    byte[] json = OffshootJson.mapper().writeValueAsString(report).getBytes(StandardCharsets.UTF_8);
    assertThat(json.length).isLessThan(300_000);
    StatementResult first = report.statements().get(0);
    assertThat(first.columns()).hasSize(51).endsWith("…(20 more columns)");
    assertThat(first.moreRows()).isTrue();
  }

  @Test
  void noticesByTheMillion_areNotHeapedUp() {
    System.gc();
    long before = used();
    PeakOfHeap peak = new PeakOfHeap();

    branch.run(
        statements(
            "SET client_min_messages = notice",
            "DO $$ BEGIN FOR i IN 1..60000 LOOP RAISE NOTICE '%', repeat('x', 5000); END LOOP; END $$"));

    assertThat(peak.end() - before).isLessThan(150_000_000);
  }

  @Test
  void progress_saysWhereItIs() {
    List<String> said = new ArrayList<>();
    BranchRef ref = branch.freshBranch();

    branch.run(
        ref,
        script("SELECT 1;\nSELECT '\u202E' -- hidden").check("SELECT true"),
        new Progress() {
          @Override
          public void report(String what) {
            said.add(what);
          }

          @Override
          public Interruptible interruptible(Statement statement) {
            return () -> {};
          }
        });

    assertThat(said)
        .containsExactly(
            "logging into the branch",
            "statement 1 of 2: SELECT 1",
            "statement 2 of 2: SELECT '\\u202e' -- hidden",
            "check 1 of 1: SELECT true");
    branch.provider().drop(ref);
  }

  private static long used() {
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  /** Most heap that survived a collection at any time, measured every 200 ms. */
  private static final class PeakOfHeap extends Thread {
    private volatile boolean stopped;
    private long most;

    PeakOfHeap() {
      setDaemon(true);
      start();
    }

    @Override
    public void run() {
      while (!stopped) {
        System.gc();
        most = Math.max(most, used());
        try {
          Thread.sleep(200);
        } catch (InterruptedException e) {
          return;
        }
      }
    }

    long end() {
      stopped = true;
      try {
        join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return most;
    }
  }
}
