package dev.offshoot.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.offshoot.DatabaseDump;
import dev.offshoot.TestParent;
import dev.offshoot.client.AgentSession;
import dev.offshoot.client.Experiment;
import dev.offshoot.client.OffshootClient;
import dev.offshoot.client.ScramVerifier;
import dev.offshoot.domain.ConnectAnswer;
import dev.offshoot.domain.DecisionRequest;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.HandInAnswer;
import dev.offshoot.domain.Outcome;
import dev.offshoot.domain.SessionSpec;
import dev.offshoot.domain.Stage;
import dev.offshoot.sql.Sql;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A migration tool (Alembic) and an ORM (SQLAlchemy) that know nothing of Offshoot, over a
 * connection to a branch; what they did is reviewed and merged.
 */
@Timeout(240)
class ToolsOverAConnectionTest {
  private static final Path EXAMPLES =
      Path.of("..", "examples", "python").toAbsolutePath().normalize();
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir private Path folder;

  @Test
  void migrationsAndObjects_reachTheParent_asTheyStandOnTheBranch() throws Exception {
    Path python = EXAMPLES.resolve(".venv/bin/python");
    assumeTrue(
        Files.isExecutable(python) && Files.isExecutable(EXAMPLES.resolve(".venv/bin/alembic")),
        "the Python example's needs are not installed; .ci/run installs them");
    try (RealWorld world =
        RealWorld.start(
            folder,
            """
            CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL);
            INSERT INTO customers SELECT i, 'customer ' || i FROM generate_series(1, 4) AS i;
            """)) {
      play(world.client(), world.parent(), python);
    }
  }

  private static void play(OffshootClient client, TestParent parent, Path python) throws Exception {
    ExperimentSpec spec =
        ExperimentSpec.builder()
            .goal("give customers a tier")
            .parent("shop")
            .requestedBy("agent-7")
            .check("SELECT count(*) = 1 FROM customers WHERE tier = 'gold'")
            .session(new SessionSpec(Duration.ofMinutes(5)))
            .ttl(Duration.ofMinutes(10))
            .build();
    Experiment experiment = client.start(new ExperimentId("tools"), spec);
    AgentSession session = experiment.session();
    assertThat(session.awaitOpen(PATIENCE).stage()).isEqualTo(Stage.IN_SESSION);
    String password = ScramVerifier.freshPassword();
    ConnectAnswer address = session.connect(ScramVerifier.of(password), "agent-7");

    String told =
        run(
            python,
            "postgresql://%s:%s@%s:%d/%s"
                .formatted(
                    address.user(), password, address.host(), address.port(), address.database()));

    assertThat(told).contains("customers by tier: {").contains("'gold': 1");
    HandInAnswer handedIn = session.submit("migrated");
    assertThat(handedIn.failure()).isNull();
    assertThat(handedIn.ended()).isTrue();
    ExperimentStatus asked = experiment.awaitDecision(PATIENCE);
    assertThat(Objects.requireNonNull(asked.changes()).schemaScript())
        .anyMatch(sql -> sql.contains("ADD COLUMN tier text"))
        .anyMatch(sql -> sql.startsWith("CREATE TABLE public.customer_notes"))
        .anyMatch(sql -> sql.startsWith("CREATE TABLE public.alembic_version"));
    var unused =
        experiment.approve(
            new DecisionRequest(
                "rita",
                "looked at it",
                asked.changes().digest(),
                Objects.requireNonNull(asked.judgement()).hazards().stream()
                    .map(found -> found.hazard().name())
                    .toList()));
    ExperimentStatus ended = experiment.awaitEnd(PATIENCE);
    assertThat(Objects.requireNonNull(ended.outcome()).outcome()).isEqualTo(Outcome.MERGED);
    try (Connection owner = parent.ownerConnection()) {
      assertThat(
              Sql.<String>only(
                  owner,
                  """
                  SELECT format('%s %s %s', (SELECT string_agg(tier, ',' ORDER BY id) FROM customers),
                    (SELECT text FROM customer_notes), (SELECT version_num FROM alembic_version))
                  """,
                  row -> row.getString(1)))
          .isEqualTo("gold,silver,bronze,silver our first customer 0002");
    }
    assertThat(DatabaseDump.of(parent.database())).contains("tier_known");
  }

  private static String run(Path python, String url) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(python.toString(), "over_a_connection.py")
            .directory(EXAMPLES.toFile())
            .redirectErrorStream(true);
    builder.environment().put("DATABASE_URL", url);
    Process process = builder.start();
    String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(told).isZero();
    return told;
  }
}
