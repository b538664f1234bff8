package dev.offshoot.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.PostgresServer;
import dev.offshoot.StepByStep;
import dev.offshoot.TestParent;
import dev.offshoot.activity.BranchActivities;
import dev.offshoot.activity.BranchActivities.DropBranch;
import dev.offshoot.activity.DiffActivities;
import dev.offshoot.activity.DiffActivities.ComputeDiff;
import dev.offshoot.activity.SessionActivities;
import dev.offshoot.activity.SessionActivities.Forget;
import dev.offshoot.activity.SessionActivities.RunDone;
import dev.offshoot.activity.SessionActivities.RunStatements;
import dev.offshoot.activity.SessionActivities.Savepoint;
import dev.offshoot.domain.BranchInfo;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentReport;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.Failure;
import dev.offshoot.domain.RowsAnswer;
import dev.offshoot.domain.RunAnswer;
import dev.offshoot.domain.SchemaStatement;
import dev.offshoot.domain.SessionSpec;
import dev.offshoot.domain.StatementResult;
import dev.offshoot.domain.Touched;
import dev.offshoot.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a session does on its branch, one run after the other. */
@Timeout(120)
class SessionStepsTest {
  private TestParent parent;
  private StepByStep steps;
  private BranchRef branch;
  private ExperimentSpec spec;
  private BranchInfo made;

  private final List<String> applied = new ArrayList<>();
  private final List<StatementResult> results = new ArrayList<>();
  private final List<SchemaStatement> schema = new ArrayList<>();
  private Touched touched = Touched.NOTHING;
  private int runs;

  @BeforeEach
  void open() throws SQLException {
    parent =
        PostgresServer.parent(
            """
            CREATE TABLE item (id int PRIMARY KEY, name text NOT NULL, price numeric);
            INSERT INTO item SELECT i, 'item ' || i, i FROM generate_series(1, 100) AS i;
            CREATE TABLE other (id int PRIMARY KEY, note text);
            INSERT INTO other VALUES (1, 'as it was')
            """);
    steps = StepByStep.on(parent.config());
    branch = steps.ref("session");
    spec = steps.spec().session(new SessionSpec(null)).build();
    made = steps.create(branch, spec);
  }

  @AfterEach
  void close() throws SQLException {
    steps
        .steps(BranchActivities.class)
        .dropBranch(new DropBranch(branch, "run", "the test is over", false));
    assertThat(databases()).isEmpty();
    steps.close();
    parent.close();
  }

  @Test
  void runs_areAppliedInOrder_andTheirDiffIsThatOfOneScript() throws SQLException {
    assertThat(run("UPDATE item SET price = price * 2 WHERE id <= 10").applied()).isTrue();
    assertThat(run("SELECT sum(price) FROM item").statements().get(0).rows())
        .containsExactly(List.of("5105"));
    assertThat(
            run("ALTER TABLE item ADD COLUMN tier text", "CREATE TABLE fresh (id int PRIMARY KEY)"))
        .matches(RunAnswer::applied);
    assertThat(run("UPDATE item SET tier = 'gold' WHERE id = 7; ").applied()).isTrue();
    run("INSERT INTO fresh VALUES (1), (2)");

    ChangeSummary so = diff(true);

    assertThat(so.updated()).isEqualTo(10);
    assertThat(so.inserted()).isEqualTo(2);
    assertThat(so.schemaScript()).hasSize(2);
    assertThat(run("DELETE FROM fresh WHERE id = 2").applied()).isTrue();
    ChangeSummary handedIn = diff(false);
    assertThat(handedIn.inserted()).isEqualTo(1);
    assertThat(handedIn.digest()).isNotEqualTo(so.digest());
  }

  @Test
  void failedRun_changesNothing_andTellsSqlStateAndPosition() throws SQLException {
    RunAnswer answer = run("UPDATE item SET price = 0", "SELECT nonsense FROM item");

    assertThat(answer.applied()).isFalse();
    assertThat(answer.statements()).isEmpty();
    Failure failure = Objects.requireNonNull(answer.failure());
    assertThat(failure.code()).isEqualTo(ErrorCode.SQL_ERROR);
    assertThat(failure.sqlState()).isEqualTo("42703");
    assertThat(failure.statement()).isEqualTo(1);
    assertThat(failure.position()).isEqualTo(8);
    assertThat(run("SELECT sum(price) FROM item").statements().get(0).rows())
        .containsExactly(List.of("5050"));
  }

  @Test
  void readOnlyRun_isRefusedInPlainWords_andTheSessionGoesOn() {
    Failure failure =
        Objects.requireNonNull(run("SET TRANSACTION READ ONLY", "SELECT 1").failure());

    assertThat(failure.code()).isEqualTo(ErrorCode.STATEMENT_REFUSED);
    assertThat(failure.message()).contains("READ ONLY", "leave that out");
    assertThat(run("SELECT sum(price) FROM item").applied()).isTrue();
  }

  @Test
  void answerThatWasLost_isToldAsApplied_andNothingRunsTwice() throws SQLException {
    RunStatements request =
        request("INSERT INTO other VALUES (2, 'é'''), (3, E'\\\\') RETURNING id");
    RunDone first = steps.steps(SessionActivities.class).runStatements(request);

    RunDone again = steps.steps(SessionActivities.class).runStatements(request);

    assertThat(first.answer().resultsLost()).isFalse();
    assertThat(first.answer().statements().get(0).rows()).hasSize(2);
    assertThat(again.answer().applied()).isTrue();
    assertThat(again.answer().resultsLost()).isTrue();
    assertThat(again.answer().statements()).hasSize(1);
    assertThat(again.answer().statements().get(0).rowsAffected()).isEqualTo(2);
    assertThat(again.touched()).isEqualTo(first.touched());
    take(request, again);
    assertThat(run("SELECT count(*) FROM other").statements().get(0).rows())
        .containsExactly(List.of("3"));
    assertThat(diff(false).inserted()).isEqualTo(2);
  }

  @Test
  void undo_bringsBackRowsAndSchema_andWhatComesAfterwardsCounts() throws SQLException {
    run("UPDATE item SET price = 1001 WHERE id = 1");
    Touched before = touched;
    savepoint(1);
    run("DROP TABLE other", "ALTER TABLE item DROP COLUMN price", "DELETE FROM item WHERE id > 50");

    undo(1);
    forget(3);
    touched = before;

    assertThat(run("SELECT note FROM other").statements().get(0).rows())
        .containsExactly(List.of("as it was"));
    run("UPDATE item SET price = 1002 WHERE id = 2");
    undo(1);
    touched = before;
    forget(2);
    run("UPDATE item SET price = 1003 WHERE id = 3");

    ChangeSummary changes = diff(false);
    assertThat(changes.updated()).isEqualTo(2);
    assertThat(changes.totalRows()).isEqualTo(2);
    assertThat(changes.schemaChangeCount()).isZero();
  }

  @Test
  void savepoints_goWithTheBranch_andAreForgottenOneByOne() throws SQLException {
    savepoint(1);
    savepoint(2);
    savepoint(12);
    assertThat(databases()).contains("offshoot_session_s1", "offshoot_session_s12");
    steps.steps(SessionActivities.class).forgetSavepoints(new Forget(branch, List.of(1, 7)));
    assertThat(databases()).doesNotContain("offshoot_session_s1").contains("offshoot_session_s2");
  }

  @Test
  void undo_thatWasCutShort_isFinishedByTheNextTry() throws SQLException {
    run("UPDATE item SET price = 1001 WHERE id = 1");
    savepoint(1);
    try (Connection superuser = PostgresServer.superuser("postgres")) {
      Sql.execute(superuser, "DROP DATABASE offshoot_session");
    }

    undo(1);

    assertThat(run("SELECT price FROM item WHERE id = 1").statements().get(0).rows())
        .containsExactly(List.of("1001"));
  }

  @Test
  void notices_areTold_andBounded() throws SQLException {
    RunAnswer answer =
        run("DO $$ BEGIN FOR i IN 1..50 LOOP RAISE NOTICE 'now %', i; END LOOP; END $$");

    assertThat(answer.notices()).hasSize(21).startsWith("now 1").endsWith("… and 30 more");
  }

  @Test
  void whatNoSessionMayDo_isAnAnswer_andTheSessionGoesOn() throws SQLException {
    assertThat(failure("COPY item FROM STDIN").code()).isEqualTo(ErrorCode.STATEMENT_REFUSED);
    assertThat(failure("DO $$ BEGIN COMMIT; END $$").code()).isEqualTo(ErrorCode.STATEMENT_REFUSED);
    assertThat(failure("ALTER ROLE CURRENT_USER SET work_mem = '1GB'").code())
        .isEqualTo(ErrorCode.NOT_CARRIED);
    assertThat(failure("SELECT pg_terminate_backend(pg_backend_pid())").code())
        .isEqualTo(ErrorCode.STATEMENT_REFUSED);
    assertThat(
            failure(
                    "ALTER ROLE CURRENT_USER IN DATABASE template0 SET application_name = '{\"answer\":{\"run\":99}}'")
                .code())
        .isEqualTo(ErrorCode.NOT_CARRIED);
    assertThat(run("SELECT 1").applied()).isTrue();
  }

  @Test
  void resultsBeyondTheirBound_areCut_andSaidSo() throws SQLException {
    RunAnswer answer = run("SELECT repeat('x', 1000) FROM generate_series(1, 100000)");

    StatementResult result = answer.statements().get(0);
    assertThat(result.moreRows()).isTrue();
    assertThat(result.rows()).hasSizeLessThanOrEqualTo(10);
  }

  @Test
  void rowsOfAQuery_areReadFromWhereTheyAreWanted_andNothingIsWrittenByIt() throws SQLException {
    SessionActivities session = steps.steps(SessionActivities.class);
    RowsAnswer page = session.readRows(rows("SELECT id FROM item ORDER BY id", 90, 100));
    assertThat(page.rows()).hasSize(10).first().isEqualTo(List.of("91"));
    assertThat(page.next()).isNull();
    RowsAnswer wide =
        session.readRows(
            rows("SELECT repeat('x', 9000) FROM generate_series(1, 1000000)", 5, 1000));
    assertThat(wide.rows()).isNotEmpty().hasSizeLessThan(1000);
    assertThat(wide.next()).isEqualTo(5L + wide.rows().size());

    Failure written =
        Objects.requireNonNull(
            session
                .readRows(rows("SELECT nextval('pg_temp.nowhere'), lo_create(0)", 0, 1))
                .failure());
    assertThat(written.code()).isEqualTo(ErrorCode.SQL_ERROR);
    assertThat(
            Objects.requireNonNull(
                    session
                        .readRows(
                            rows("WITH gone AS (DELETE FROM item RETURNING id) TABLE gone", 0, 1))
                        .failure())
                .code())
        .isEqualTo(ErrorCode.SQL_ERROR);
    assertThat(run("SELECT count(*) FROM item").statements().get(0).rows())
        .containsExactly(List.of("100"));
  }

  private SessionActivities.ReadRows rows(String sql, long from, int rows) {
    return new SessionActivities.ReadRows(branch, spec, 1, 1, sql, from, rows);
  }

  private Failure failure(String sql) {
    RunAnswer answer = run(sql);
    assertThat(answer.applied()).isFalse();
    return Objects.requireNonNull(answer.failure());
  }

  private RunStatements request(String... statements) {
    return new RunStatements(
        branch,
        spec,
        ++runs,
        List.of(statements),
        applied.size(),
        10,
        made.parentBytes(),
        touched,
        1000);
  }

  private RunAnswer run(String... statements) {
    RunStatements request = request(statements);
    return take(request, steps.steps(SessionActivities.class).runStatements(request));
  }

  private RunAnswer take(RunStatements request, RunDone done) {
    if (done.answer().applied()) {
      touched = done.touched();
      done.schemaStatements()
          .forEach(
              s -> schema.add(new SchemaStatement(applied.size() + s.index(), s.searchPath())));
      applied.addAll(request.statements());
      results.addAll(done.answer().statements());
    }
    return done.answer();
  }

  private void forget(int statements) {
    IntStream.range(0, statements).forEach(i -> applied.remove(applied.size() - 1));
    results.subList(applied.size(), results.size()).clear();
    schema.removeIf(s -> s.index() >= applied.size());
  }

  private void savepoint(int number) {
    steps.steps(SessionActivities.class).takeSavepoint(new Savepoint(branch, number));
  }

  private void undo(int number) {
    steps.steps(SessionActivities.class).returnToSavepoint(new Savepoint(branch, number));
  }

  private ChangeSummary diff(boolean preview) {
    ExperimentReport report =
        new ExperimentReport(
            results, List.of(), schema, touched.tables(), 0, touched.writtenRows());
    return steps
        .steps(DiffActivities.class)
        .computeDiff(new ComputeDiff(branch, spec.handedIn(applied), report, preview));
  }

  private List<String> databases() throws SQLException {
    try (Connection superuser = PostgresServer.superuser("postgres")) {
      return Sql.list(
          superuser,
          "SELECT datname FROM pg_database WHERE datname LIKE 'offshoot\\_session%'",
          row -> row.getString(1));
    }
  }
}
