package dev.offshoot.diff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.DatabaseDump;
import dev.offshoot.PostgresServer;
import dev.offshoot.TestParent;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.TransactionMode;
import dev.offshoot.ledger.ChangeSetStore;
import dev.offshoot.ledger.Ledger;
import dev.offshoot.sql.Sql;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a merge could not carry is refused, by name and with advice, and leaves nothing behind. */
class NotCarriedTest {
  private static final String SETUP =
      """
      CREATE TYPE mood AS ENUM ('sad', 'ok');
      CREATE TABLE doc (id int PRIMARY KEY, n int, m mood);
      INSERT INTO doc SELECT i, i, 'ok' FROM generate_series(1, 10) i;
      CREATE TABLE heap (a int); INSERT INTO heap VALUES (1), (2);
      CREATE TABLE part (id int NOT NULL, v int); INSERT INTO part VALUES (1, 1);
      CREATE TABLE guarded (id int PRIMARY KEY); INSERT INTO guarded VALUES (1);
      ALTER TABLE guarded ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
      CREATE POLICY all_of_it ON guarded USING (true);
      """;

  private static TestParent parent;
  private static ChangeSetStore store;

  /**
   * @param name what is refused
   * @param statements of the experiment
   * @param says what the refusal names
   */
  record Case(String name, List<String> statements, String says) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Case> cases() {
    return List.of(
        new Case(
            "schema made from a temporary table",
            List.of("CREATE TEMP TABLE x AS SELECT 1 AS a", "CREATE TABLE y AS SELECT a FROM x"),
            "statement 2 (CREATE TABLE y AS SELECT a FROM x) cannot be replayed"),
        new Case(
            "schema made from rows",
            List.of(
                "INSERT INTO doc VALUES (101)",
                """
                DO $$ BEGIN EXECUTE format('CREATE TABLE t%s ()', (SELECT max(id) FROM doc)); END $$
                """),
            "table public.t10"),
        new Case(
            "schema statement that writes rows when nobody looks",
            List.of(
                """
                CREATE FUNCTION sly() RETURNS int LANGUAGE plpgsql AS $f$
                BEGIN
                  IF current_database() LIKE '%base' THEN UPDATE doc SET n = -n WHERE id = 1; END IF;
                  RETURN 1;
                END $f$
                """,
                "UPDATE doc SET n = -n WHERE id = 1", "CREATE TABLE bait AS SELECT sly()"),
            "statement 3 changes the schema and, when it is replayed, also writes rows of doc"),
        new Case(
            "schema statement that truncates when nobody looks",
            List.of(
                "CREATE TABLE bait AS SELECT 1 AS id",
                """
                DO $$ BEGIN
                  IF NOT EXISTS (SELECT FROM bait) THEN TRUNCATE doc; END IF;
                  ALTER TABLE heap ADD n int;
                END $$
                """),
            "statement 2 changes the schema and, when it is replayed, also writes rows of doc"),
        new Case(
            "conversion that needs mended rows",
            List.of(
                "ALTER TABLE doc ADD t text NOT NULL DEFAULT 'x'",
                "ALTER TABLE doc ALTER t DROP DEFAULT",
                "UPDATE doc SET t = '1'",
                "ALTER TABLE doc ALTER t TYPE int USING t::int"),
            "statement 4 (ALTER TABLE doc ALTER t TYPE int USING t::int) cannot be replayed"),
        new Case(
            "column and constraint in one statement, where the rows come in between",
            List.of(
                "UPDATE doc SET n = 0",
                "ALTER TABLE doc ADD x int, ADD CONSTRAINT none CHECK (n = 0)",
                "UPDATE doc SET x = 1"),
            "table doc: its new rows need statement 2"),
        new Case(
            "table renamed after a constraint that had to wait",
            List.of(
                "UPDATE doc SET n = 0",
                "ALTER TABLE doc ADD CHECK (n = 0)",
                "ALTER TABLE doc RENAME TO document"),
            "statement 2 (ALTER TABLE doc ADD CHECK (n = 0)) cannot be replayed"),
        new Case(
            "new label used by a row",
            List.of("ALTER TYPE mood ADD VALUE 'glad'", "UPDATE doc SET m = 'glad' WHERE id = 1"),
            "merge the label first"),
        new Case("large object", List.of("SELECT lo_create(0)"), "large objects"),
        new Case(
            "forced row-level security",
            List.of("INSERT INTO guarded VALUES (2)"),
            "table guarded may not be read completely"),
        new Case(
            "revoked from its owner",
            List.of("UPDATE doc SET n = 0", "REVOKE ALL ON doc FROM CURRENT_USER"),
            "table doc may not be read completely"),
        new Case(
            "old table taken in by a new one, with changed rows",
            List.of(
                "CREATE TABLE whole (id int NOT NULL, v int) PARTITION BY LIST (id)",
                "ALTER TABLE whole ATTACH PARTITION part FOR VALUES IN (1)",
                "UPDATE whole SET v = 2"),
            "table whole is new and takes in the rows"),
        new Case(
            "random values without a key",
            List.of("ALTER TABLE heap ADD r float8 DEFAULT random()"),
            "table heap: a new column got values that the server chose"),
        new Case(
            "table made anew in one statement, defined as it was",
            List.of(
                "DO $$ BEGIN DROP TABLE part; CREATE TABLE part (id int NOT NULL, v int); END $$"),
            "drops table public.part and makes another one of that name"),
        new Case(
            "column made anew",
            List.of("ALTER TABLE doc DROP n", "ALTER TABLE doc ADD n int"),
            "drops column public.doc.n and makes another one of that name"),
        new Case(
            "random key",
            List.of("ALTER TABLE heap ADD r uuid PRIMARY KEY DEFAULT gen_random_uuid()"),
            "table heap: a new column got values that the server chose"));
  }

  @BeforeAll
  static void start() throws SQLException {
    Ledger ledger = new Ledger(PostgresServer.freshLedger());
    ledger.migrate();
    store = ledger.changeSets();
    parent = PostgresServer.parent(SETUP);
  }

  @AfterAll
  static void stop() throws SQLException {
    parent.close();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void effect_thatAMergeCannotGive_isRefusedByName(Case given) throws SQLException {
    try (ExperimentRun run =
        new ExperimentRun(
            parent,
            store,
            TransactionMode.PER_STATEMENT,
            given.statements().toArray(String[]::new))) {
      String base = DatabaseDump.of(run.ref().baseName());

      assertThatThrownBy(run::diff)
          .isInstanceOfSatisfying(
              OffshootException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_CARRIED))
          .hasMessageContaining(given.says());

      assertThat(DatabaseDump.of(run.ref().baseName())).isEqualTo(base);
    }
  }

  @Test
  void guardedTable_thatNobodyTouched_isNotRead() throws SQLException {
    try (ExperimentRun run = ExperimentRun.of(parent, store, "UPDATE doc SET n = 0 WHERE id = 1")) {
      long doc = oid(run, "doc");

      assertThat(RowDiffTest.counts(run.touching(List.of(doc)).diff()))
          .isEqualTo("doc +0 ~1 -0 of 10");
    }
  }

  @Test
  void schemaChange_thatNobodyReported_isRefused() throws SQLException {
    try (ExperimentRun run = ExperimentRun.of(parent, store, "CREATE TABLE secret (id int)")) {
      run.forgetSchemaStatements();

      assertThatThrownBy(run::diff)
          .isInstanceOfSatisfying(
              OffshootException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_CARRIED))
          .hasMessageContaining("table public.secret");
    }
  }

  @Test
  void truncation_thatNobodyReported_isFound() throws SQLException {
    try (ExperimentRun run = ExperimentRun.of(parent, store, "TRUNCATE heap")) {
      assertThat(RowDiffTest.counts(run.touching(List.of()).diff()))
          .isEqualTo("heap +0 ~0 -2 of 2");
    }
  }

  @Test
  void statementThatWasFastOnTheBranch_isCancelledAtItsLimit() throws SQLException {
    String slowWithoutRow =
        """
        DO $$ BEGIN
          IF NOT EXISTS (SELECT FROM doc WHERE id = 50) THEN PERFORM pg_sleep(60); END IF;
          CREATE TABLE fresh (id int);
        END $$
        """;
    try (ExperimentRun run =
        ExperimentRun.of(parent, store, "INSERT INTO doc VALUES (50)", slowWithoutRow)) {
      run.limitStatementsTo(Duration.ofMillis(300));

      assertThatThrownBy(run::diff)
          .isInstanceOfSatisfying(
              OffshootException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED))
          .hasMessageContaining("statement 2");
    }
  }

  @Test
  void cancellation_stopsTheComparison_andFreezesNothing() throws SQLException {
    try (ExperimentRun run = ExperimentRun.of(parent, store, "UPDATE doc SET n = 0")) {
      run.touching(List.of(oid(run, "doc")));
      Progress cancelled =
          new Progress() {
            @Override
            public void report(String what) {
              if (what.startsWith("freezing")) {
                throw new OffshootException(ErrorCode.CANCELLED, "cancelled");
              }
            }

            @Override
            public Interruptible interruptible(Statement statement) {
              return () -> {};
            }
          };

      assertThatThrownBy(() -> run.diff(cancelled))
          .isInstanceOfSatisfying(
              OffshootException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));

      assertThat(run.diff().totalRows()).isEqualTo(10);
    }
  }

  private static long oid(ExperimentRun run, String table) throws SQLException {
    try (Connection superuser = PostgresServer.superuser(run.ref().branchName())) {
      return Sql.only(superuser, "SELECT ?::regclass::oid::bigint", row -> row.getLong(1), table);
    }
  }
}
