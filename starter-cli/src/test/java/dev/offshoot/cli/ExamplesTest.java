package dev.offshoot.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.offshoot.client.Experiment;
import dev.offshoot.client.OffshootClient;
import dev.offshoot.domain.DecisionRequest;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.Outcome;
import dev.offshoot.domain.Stage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Experiments from agent code: the Java client, and the examples where their tools are installed.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ExamplesTest {
  private static final Path EXAMPLES = Path.of("..", "examples").toAbsolutePath().normalize();

  private CliWorld world;

  @BeforeAll
  void openWorld() throws IOException {
    world = CliWorld.inMemory();
  }

  @AfterAll
  void closeWorld() {
    world.close();
  }

  @Test
  void javaClient_isThreeLines() throws InterruptedException {
    try (OffshootClient offshoot = OffshootClient.connect(world.address)) {
      Experiment experiment =
          offshoot.start(
              ExperimentSpec.builder()
                  .parent("shop")
                  .goal("look around")
                  .requestedBy("java-agent")
                  .statement("SELECT 1")
                  .build());
      ExperimentStatus status = experiment.awaitDecision(Duration.ofSeconds(30));

      assertThat(status.stage()).isEqualTo(Stage.AWAITING_DECISION);
      assertThat(experiment.approve(new DecisionRequest("bob", "fine", null, null)).accepted())
          .isTrue();
      ExperimentStatus ended = experiment.awaitEnd(Duration.ofSeconds(30));
      assertThat(ended.outcome()).isNotNull();
      assertThat(ended.outcome().outcome()).isEqualTo(Outcome.MERGED);
    }
  }

  @Test
  void python_startsWaitsAndApproves() throws Exception {
    Path folder = EXAMPLES.resolve("python");
    Path python = folder.resolve(".venv/bin/python");
    assumeTrue(Files.isExecutable(python), "no " + python + "; see examples/README.md");

    startsWaitsAndApproves(folder, List.of(python.toString(), "start_experiment.py"));
  }

  @Test
  void typescript_startsWaitsAndApproves() throws Exception {
    Path folder = EXAMPLES.resolve("typescript");
    Path tsx = folder.resolve("node_modules/.bin/tsx");
    assumeTrue(Files.isExecutable(tsx), "no " + tsx + "; see examples/README.md");

    startsWaitsAndApproves(folder, List.of(tsx.toString(), "start-experiment.ts"));
  }

  private void startsWaitsAndApproves(Path folder, List<String> program) throws Exception {
    String pending = run(folder, program, ExitCode.PENDING);
    String merged = run(folder, program, ExitCode.DONE, "--approve-as", "bob");
    String failed = run(folder, program, ExitCode.DROPPED, "--parent", "nowhere");

    assertThat(pending)
        .contains("change set " + FakeWorld.DIGEST)
        .contains("created column public.customers.tier")
        .contains("public.customers: +0 ~25 -0")
        .contains("./offshoot experiment approve ");
    assertThat(merged).contains("MERGED by bob: looked at it from ");
    assertThat(failed).contains("FAILED by worker").contains("nowhere");
  }

  private String run(Path folder, List<String> program, ExitCode expected, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(program);
    command.add("--address");
    command.add(world.address);
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(out).isEqualTo(expected.code());
    return out;
  }
}
