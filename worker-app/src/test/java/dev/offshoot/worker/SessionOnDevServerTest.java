package dev.offshoot.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.offshoot.PostgresServer;
import dev.offshoot.TestParent;
import dev.offshoot.client.AgentSession;
import dev.offshoot.client.Experiment;
import dev.offshoot.client.OffshootClient;
import dev.offshoot.client.ScramVerifier;
import dev.offshoot.domain.AuditRecord;
import dev.offshoot.domain.ConnectAnswer;
import dev.offshoot.domain.DecisionRequest;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ExperimentSpecBuilder;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.Failure;
import dev.offshoot.domain.HandInAnswer;
import dev.offshoot.domain.HandInRequest;
import dev.offshoot.domain.OffshootJson;
import dev.offshoot.domain.Outcome;
import dev.offshoot.domain.RowsAnswer;
import dev.offshoot.domain.RowsRequest;
import dev.offshoot.domain.RunAnswer;
import dev.offshoot.domain.RunRequest;
import dev.offshoot.domain.SessionRun;
import dev.offshoot.domain.SessionSpec;
import dev.offshoot.domain.SessionView;
import dev.offshoot.domain.Stage;
import dev.offshoot.sql.Sql;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/** An agent that looks, tries, looks again and hands in, on the real server and a real Postgres. */
@Timeout(240)
class SessionOnDevServerTest {
  private static final Path EXAMPLES = Path.of("..", "examples").toAbsolutePath().normalize();
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir private static Path folder;
  private static RealWorld world;
  private static TestParent parent;
  private static OffshootClient client;
  private static PGSimpleDataSource ledger;

  @BeforeAll
  static void start() throws Exception {
    world =
        RealWorld.start(
            folder,
            """
            CREATE TABLE item (id int PRIMARY KEY, name text NOT NULL, n int NOT NULL DEFAULT 0);
            INSERT INTO item SELECT i, 'item ' || i FROM generate_series(1, 20) AS i;
            CREATE TABLE looked (id int PRIMARY KEY);
            INSERT INTO looked SELECT generate_series(1, 9);
            """,
            "--offshoot.worker.sweep-every=1s",
            "--offshoot.worker.orphan-grace=2s");
    parent = world.parent();
    client = world.client();
    ledger = world.ledger();
  }

  @AfterAll
  static void stop() throws Exception {
    if (world != null) {
      world.close();
    }
  }

  private static ExperimentSpecBuilder spec() {
    return ExperimentSpec.builder()
        .goal("see what is there, then mend it")
        .parent("shop")
        .requestedBy("agent-7")
        .session(new SessionSpec(Duration.ofMinutes(5)))
        .ttl(Duration.ofMinutes(10));
  }

  /** What the audit keeps of what the agent sent: number, fate and statements of each run. */
  private static List<String> sent(String id) throws Exception {
    try (Connection owner = ledger.getConnection()) {
      AuditRecord record =
          OffshootJson.mapper()
              .readValue(
                  Sql.<String>only(
                      owner,
                      "SELECT record FROM offshoot_ledger.audit WHERE record::jsonb ->> 'experiment' = ?",
                      row -> row.getString(1),
                      id),
                  AuditRecord.class);
      return record.sent().stream()
          .map(run -> "%d %s %s".formatted(run.run(), run.fate(), run.statements()))
          .toList();
    }
  }

  private static AgentSession open(String id, ExperimentSpec spec) throws Exception {
    AgentSession session = client.start(new ExperimentId(id), spec).session();
    assertThat(session.awaitOpen(PATIENCE).stage()).isEqualTo(Stage.IN_SESSION);
    return session;
  }

  @Test
  void agentLooksTriesUndoesAndHandsIn_andWhatAPersonApprovesIsMerged() throws Exception {
    AgentSession session = open("looks", spec().check("SELECT count(*) = 19 FROM item").build());
    assertThat(session.run("SELECT count(*) FROM item").statements().get(0).rows())
        .containsExactly(List.of("20"));
    RunAnswer wrong = session.run("UPDATE item SET n = 1; UPDATE item SET nonsense = 1");
    assertThat(Objects.requireNonNull(wrong.failure()).sqlState()).isEqualTo("42703");
    assertThat(session.run("UPDATE item SET n = 1 WHERE id = 1").applied()).isTrue();
    assertThat(session.savepoint("good").savepoints()).containsExactly("good");
    assertThat(session.run("DROP TABLE item").applied()).isTrue();
    assertThat(session.undo("good").undoneRuns()).containsExactly(4);
    assertThat(session.run("ALTER TABLE item ADD COLUMN note text").applied()).isTrue();
    assertThat(session.diff().updated()).isEqualTo(1);

    HandInAnswer tooEarly = session.submit("done");

    assertThat(tooEarly.ended()).isFalse();
    assertThat(Objects.requireNonNull(tooEarly.failure()).code()).isEqualTo(ErrorCode.CHECK_FAILED);
    assertThat(session.run("DELETE FROM item WHERE id = 20").applied()).isTrue();
    SessionView view = session.view();
    assertThat(view.runs())
        .extracting(SessionView.Line::fate)
        .containsExactly(
            SessionRun.Fate.APPLIED,
            SessionRun.Fate.APPLIED,
            SessionRun.Fate.UNDONE,
            SessionRun.Fate.APPLIED,
            SessionRun.Fate.FAILED,
            SessionRun.Fate.APPLIED);
    assertThat(session.submit("done").ended()).isTrue();

    Experiment experiment = client.experiment(new ExperimentId("looks"));
    ExperimentStatus asked = experiment.awaitDecision(PATIENCE);
    assertThat(asked.spec().statements())
        .containsExactly(
            "SELECT count(*) FROM item",
            "UPDATE item SET n = 1 WHERE id = 1",
            "ALTER TABLE item ADD COLUMN note text",
            "DELETE FROM item WHERE id = 20");
    assertThatThrownBy(() -> session.run("SELECT 1"))
        .hasMessageContaining("the session of experiment looks has ended");
    assertThatThrownBy(() -> session.submit("again"))
        .hasMessageContaining("the session of experiment looks has ended");
    var unused =
        experiment.approve(
            new DecisionRequest(
                "rita",
                "looked at it",
                Objects.requireNonNull(asked.changes()).digest(),
                Objects.requireNonNull(asked.judgement()).hazards().stream()
                    .map(found -> found.hazard().name())
                    .toList()));
    ExperimentStatus ended = experiment.awaitEnd(PATIENCE);
    assertThat(Objects.requireNonNull(ended.outcome()).outcome()).isEqualTo(Outcome.MERGED);
    try (Connection owner = parent.ownerConnection()) {
      assertThat(
              Sql.<String>only(
                  owner,
                  "SELECT format('%s %s %s', count(*), sum(n), count(note)) FROM item",
                  row -> row.getString(1)))
          .isEqualTo("19 1 0");
    }
    // The statements of applied runs stand in the specification that was reviewed.
    assertThat(sent("looks"))
        .containsExactly(
            "1 APPLIED []",
            "2 FAILED [UPDATE item SET n = 1, UPDATE item SET nonsense = 1]",
            "3 APPLIED []",
            "4 UNDONE [DROP TABLE item]",
            "5 APPLIED []",
            "6 APPLIED []");
    assertThat(left("looks")).isEmpty();
  }

  @Test
  void badMessages_areToldWhatIsWrong_andTheSessionGoesOn() throws Exception {
    AgentSession session = open("bad", spec().build());

    assertThatThrownBy(() -> session.run("BEGIN; SELECT 1; COMMIT"))
        .hasMessageContaining("BEGIN is not for a session");
    assertThatThrownBy(() -> session.run("   ")).hasMessageContaining("sql: is missing");
    assertThatThrownBy(() -> session.run("SELECT 'open")).hasMessageContaining("sql");
    assertThatThrownBy(() -> session.undo("nowhere"))
        .hasMessageContaining("there is no savepoint 'nowhere', and none at all");
    assertThatThrownBy(() -> session.savepoint("no spaces please"))
        .hasMessageContaining("name: must be");
    assertThatThrownBy(() -> session.run(new RunRequest("SELECT 1", -1, null, null)))
        .hasMessageContaining("rows: must be 0 to 1000");
    assertThatThrownBy(() -> session.run(new RunRequest("SELECT 1", null, "mallory", null)))
        .hasMessageContaining("the session belongs to agent-7, not to mallory");
    assertThatThrownBy(() -> session.diff()).hasMessageContaining("nothing is applied yet");
    assertThat(session.run(new RunRequest("SELECT 1", null, "Agent-7 ", null)).applied()).isTrue();
    Failure copied = Objects.requireNonNull(session.run("COPY item FROM STDIN").failure());
    assertThat(copied.code()).isEqualTo(ErrorCode.STATEMENT_REFUSED);
    assertThat(session.discard(new HandInRequest(null, "only looking")).ended()).isTrue();

    ExperimentStatus ended = client.experiment(new ExperimentId("bad")).awaitEnd(PATIENCE);
    assertThat(Objects.requireNonNull(ended.outcome()).outcome()).isEqualTo(Outcome.DROPPED);
    assertThat(ended.outcome().why()).isEqualTo("only looking");
    assertThat(sent("bad"))
        .containsExactly("1 APPLIED [SELECT 1]", "2 FAILED [COPY item FROM STDIN]");
    assertThat(left("bad")).isEmpty();
  }

  @Test
  void forgottenSession_endsAfterItsIdleTime_andLeavesNothing() throws Exception {
    AgentSession session =
        open("idle", spec().session(new SessionSpec(Duration.ofSeconds(3))).build());
    assertThat(session.run("DELETE FROM item").applied()).isTrue();

    ExperimentStatus ended = client.experiment(session.id()).awaitEnd(PATIENCE);

    assertThat(Objects.requireNonNull(ended.outcome()).outcome()).isEqualTo(Outcome.EXPIRED);
    assertThat(ended.outcome().by()).isEqualTo("idle time");
    assertThat(sent("idle")).containsExactly("1 APPLIED [DELETE FROM item]");
    assertThat(left("idle")).isEmpty();
  }

  @Test
  void experimentThatIsCancelledOrRejected_endsItsSession_evenWhileAStatementRuns()
      throws Exception {
    AgentSession session = open("cancelled", spec().build());
    var looked = session.run("SELECT 1");
    assertThat(looked.applied()).isTrue();
    Thread agent =
        new Thread(
            () -> {
              try {
                var unused = session.run("SELECT pg_sleep(60)");
              } catch (RuntimeException e) {
                // Its session ends under it.
              }
            });
    agent.start();
    Thread.sleep(1_500);
    long begun = System.nanoTime();

    client.experiment(session.id()).cancel("enough");

    ExperimentStatus ended = client.experiment(session.id()).awaitEnd(PATIENCE);
    assertThat(Objects.requireNonNull(ended.outcome()).outcome()).isEqualTo(Outcome.CANCELLED);
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(40));
    assertThat(left("cancelled")).isEmpty();
    assertThat(sent("cancelled")).contains("1 APPLIED [SELECT 1]");
    agent.join(30_000);

    AgentSession other = open("rejected", spec().build());
    var unused = other.run("DELETE FROM item");
    var unusedDecision =
        client.experiment(other.id()).reject(new DecisionRequest("rita", "no", null, List.of()));
    assertThat(
            Objects.requireNonNull(client.experiment(other.id()).awaitEnd(PATIENCE).outcome())
                .outcome())
        .isEqualTo(Outcome.DROPPED);
    assertThat(left("rejected")).isEmpty();
    assertThat(sent("rejected")).containsExactly("1 APPLIED [DELETE FROM item]");
  }

  @Test
  void rowsBeyondTheFirst_areReadOnDemand_asLongAsNothingWasWritten() throws Exception {
    AgentSession session = open("pages", spec().build());
    RunAnswer first =
        session.run(
            new RunRequest(
                "SELECT 1; SELECT id FROM generate_series(1, 20) AS id ORDER BY id -- all of them",
                8,
                null,
                null));
    assertThat(first.statements().get(1).moreRows()).isTrue();

    RowsAnswer second = session.rows(new RowsRequest(1, 2, 8L, 8, "agent-7"));
    assertThat(second.columns()).containsExactly("id");
    assertThat(second.rows())
        .extracting(row -> row.get(0))
        .containsExactly("9", "10", "11", "12", "13", "14", "15", "16");
    RowsAnswer third =
        session.rows(new RowsRequest(1, 2, Objects.requireNonNull(second.next()), 8, null));
    assertThat(third.rows()).hasSize(4);
    assertThat(third.next()).isNull();
    assertThat(session.rows(new RowsRequest(1, 2, 1_000L, null, null)).rows()).isEmpty();
    assertThatThrownBy(() -> session.rows(7, 0)).hasMessageContaining("no run 7 is applied");
    assertThatThrownBy(() -> session.rows(new RowsRequest(1, 3, 0L, null, null)))
        .hasMessageContaining("run 1 has 2 statements");
    assertThatThrownBy(() -> session.rows(new RowsRequest(1, 2, 0L, null, "mallory")))
        .hasMessageContaining("not to mallory");
    assertThat(session.run("UPDATE item SET n = 2 WHERE id = 1").applied()).isTrue();
    assertThatThrownBy(() -> session.rows(1, 0))
        .hasMessageContaining("something was written in run 1 or since");
    assertThatThrownBy(() -> session.rows(2, 0)).hasMessageContaining("no rows that can be read");
    assertThat(session.run("SELECT id FROM generate_series(1, 20) AS id").applied()).isTrue();
    assertThat(session.rows(3, 19).rows()).containsExactly(List.of("20"));
    assertThat(session.discard(new HandInRequest(null, "seen")).ended()).isTrue();
  }

  @Test
  void agentThatConnectsByItself_withAPasswordThatNeverTravels_writesRows_andHandsThemIn()
      throws Exception {
    AgentSession session = open("connects", spec().build());
    assertThat(session.run("UPDATE item SET n = 5 WHERE id = 5").applied()).isTrue();
    String password = ScramVerifier.freshPassword();
    assertThatThrownBy(() -> session.connect(ScramVerifier.of(password), "mallory"))
        .hasMessageContaining("the session belongs to agent-7");
    assertThatThrownBy(() -> session.connect(password, "agent-7"))
        .hasMessageContaining("never send a password");

    ConnectAnswer address = session.connect(ScramVerifier.of(password), "agent-7");
    String url =
        "jdbc:postgresql://%s:%d/%s".formatted(address.host(), address.port(), address.database());
    try (Connection agent = DriverManager.getConnection(url, address.user(), password)) {
      agent.setAutoCommit(false);
      Sql.execute(agent, "UPDATE item SET n = 6 WHERE id = 6");
      agent.commit();
      Sql.execute(agent, "DELETE FROM item WHERE id = 7");
      agent.rollback();
      assertThatThrownBy(
              () ->
                  DriverManager.getConnection(
                      url.replace(address.database(), parent.database()), address.user(), password))
          .hasMessageContaining("permission denied");

      assertThat(session.diff().updated()).isEqualTo(2);
      assertThatThrownBy(() -> Sql.execute(agent, "SELECT 1")).isInstanceOf(SQLException.class);
    }
    assertThatThrownBy(() -> DriverManager.getConnection(url, address.user(), password))
        .hasMessageContaining("password authentication failed");

    String another = ScramVerifier.freshPassword();
    var unused = session.connect(ScramVerifier.of(another), "agent-7");
    try (Connection agent = DriverManager.getConnection(url, address.user(), another)) {
      Sql.execute(agent, "ALTER TABLE item ADD COLUMN known text");
      Sql.execute(agent, "INSERT INTO item (id, name) VALUES (100, 'new')");
    }
    assertThat(session.diff().schemaScript())
        .containsExactly("ALTER TABLE public.item ADD COLUMN known text");
    connected(session, "CREATE AGGREGATE total(int) (SFUNC = int4pl, STYPE = int)");
    assertThatThrownBy(session::diff)
        .hasMessageContaining("aggregate public.total(integer)")
        .hasMessageContaining("send the statements by run");
    HandInAnswer refused = session.submit("all of it");
    assertThat(refused.ended()).isFalse();
    assertThat(Objects.requireNonNull(refused.failure()).message())
        .contains("aggregate public.total(integer)", "send the statements by run");
    connected(session, "DROP AGGREGATE total(int)");
    assertThat(session.diff().schemaScript()).hasSize(1);
    String history = client.experiment(session.id()).session().view().toString();
    assertThat(history).doesNotContain(password).doesNotContain(another);
    assertThat(session.discard(new HandInRequest(null, "tried")).ended()).isTrue();
    assertThat(
            Objects.requireNonNull(client.experiment(session.id()).awaitEnd(PATIENCE).outcome())
                .outcome())
        .isEqualTo(Outcome.DROPPED);
    assertThat(left("connects")).isEmpty();
  }

  private static void connected(AgentSession session, String sql) throws SQLException {
    String password = ScramVerifier.freshPassword();
    ConnectAnswer address = session.connect(ScramVerifier.of(password), "agent-7");
    String url =
        "jdbc:postgresql://%s:%d/%s".formatted(address.host(), address.port(), address.database());
    try (Connection agent = DriverManager.getConnection(url, address.user(), password)) {
      Sql.execute(agent, sql);
    }
  }

  @Test
  void terminatedSession_isInTheAuditWithAllThatWasSent() throws Exception {
    AgentSession session = open("killed", spec().build());
    assertThat(session.run("UPDATE item SET n = 9 WHERE id = 9").applied()).isTrue();
    assertThat(session.run("SELECT nonsense").applied()).isFalse();
    world.terminate("experiment-killed");

    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!isRecorded("killed")) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.sleep(200);
    }
    assertThat(sent("killed"))
        .containsExactly(
            "1 APPLIED [UPDATE item SET n = 9 WHERE id = 9]", "2 FAILED [SELECT nonsense]");
  }

  private static boolean isRecorded(String id) throws SQLException {
    try (Connection owner = ledger.getConnection()) {
      return Sql.<Boolean>only(
          owner,
          "SELECT EXISTS (SELECT FROM offshoot_ledger.audit WHERE record::jsonb ->> 'experiment' = ?)",
          row -> row.getBoolean(1),
          id);
    }
  }

  @Test
  void rowsWrittenOverAConnection_areReviewedAndMerged() throws Exception {
    AgentSession session = open("rows", spec().build());
    String password = ScramVerifier.freshPassword();
    ConnectAnswer address = session.connect(ScramVerifier.of(password), "agent-7");
    String url =
        "jdbc:postgresql://%s:%d/%s".formatted(address.host(), address.port(), address.database());
    try (Connection agent = DriverManager.getConnection(url, address.user(), password)) {
      Sql.execute(agent, "INSERT INTO looked SELECT generate_series(100, 104)");
    }

    assertThat(session.submit("five rows").ended()).isTrue();

    Experiment experiment = client.experiment(session.id());
    ExperimentStatus asked = experiment.awaitDecision(PATIENCE);
    assertThat(Objects.requireNonNull(asked.changes()).inserted()).isEqualTo(5);
    assertThat(asked.changes().totalRows()).isEqualTo(5);
    var unused =
        experiment.approve(
            new DecisionRequest("rita", "fine", asked.changes().digest(), List.of()));
    assertThat(Objects.requireNonNull(experiment.awaitEnd(PATIENCE).outcome()).outcome())
        .isEqualTo(Outcome.MERGED);
    try (Connection owner = parent.ownerConnection()) {
      assertThat(
              Sql.<Long>only(
                  owner, "SELECT count(*) FROM looked WHERE id >= 100", row -> row.getLong(1)))
          .isEqualTo(5);
    }
    assertThat(left("rows")).isEmpty();
  }

  @Test
  void pythonAgent_looksTriesUndoesAndHandsIn() throws Exception {
    Path examples = EXAMPLES.resolve("python");
    loops(examples, examples.resolve(".venv/bin/python"), "agent_loop.py");
  }

  @Test
  void typescriptAgent_looksTriesUndoesAndHandsIn() throws Exception {
    Path examples = EXAMPLES.resolve("typescript");
    loops(examples, examples.resolve("node_modules/.bin/tsx"), "agent-loop.ts");
  }

  private static void loops(Path examples, Path program, String script) throws Exception {
    assumeTrue(Files.isExecutable(program), "no " + program + "; see examples/README.md");
    Process process =
        new ProcessBuilder(
                program.toString(),
                script,
                "--address",
                world.temporal().address(),
                "--table",
                "looked",
                "--parent",
                "shop")
            .directory(examples.toFile())
            .redirectErrorStream(true)
            .start();
    String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(told).isEqualTo(5);
    assertThat(told)
        .contains("undone: runs")
        .contains("looked: +0 ~3 -0")
        .contains("handed in: 3 statements")
        .contains("./offshoot experiment approve ");
  }

  private static List<String> left(String id) throws SQLException {
    try (Connection superuser = PostgresServer.superuser("postgres")) {
      return Sql.list(
          superuser,
          """
          SELECT datname FROM pg_database WHERE starts_with(datname, 'offshoot_' || ?)
          UNION ALL SELECT rolname FROM pg_roles WHERE starts_with(rolname, 'offshoot_' || ?)
          """,
          row -> row.getString(1),
          id,
          id);
    }
  }
}
