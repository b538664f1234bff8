package dev.offshoot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.offshoot.domain.OffshootJson;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** {@code demo} and {@code up} with a child that only says where a world is. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class DemoAndUpTest {
  private static final String JAR = "offshoot.worker.jar";
  private static final String UNTIL_INPUT_ENDS = "while (System.in.read() >= 0) {}";

  private CliWorld world;

  @BeforeAll
  void openWorld() throws IOException {
    world = CliWorld.inMemory();
  }

  @AfterAll
  void closeWorld() {
    world.close();
    System.clearProperty(JAR);
  }

  private CliWorld.Result demo(Path folder, String input, boolean terminal, String... arguments)
      throws IOException {
    child(folder, FakeChild.ready(world.address) + UNTIL_INPUT_ENDS);
    Map<String, String> environment = new HashMap<>();
    environment.put("OFFSHOOT_USER", "ada");
    environment.put("NO_COLOR", "1");
    // What the environment names must not be touched by a demo.
    environment.put("TEMPORAL_ADDRESS", "127.0.0.1:1");
    return CliWorld.run(environment, input, terminal, arguments);
  }

  private static void child(Path folder, String body) throws IOException {
    System.setProperty(JAR, FakeChild.program(folder, body).path().toString());
  }

  @Test
  void demoWithYes_showsThePathTheParentAndTheAudit(@TempDir Path folder) throws IOException {
    CliWorld.Result result = demo(folder, "", false, "demo", "--yes");

    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.out())
        .containsSubsequence(
            "stack ready after",
            "an agent asks: give customers a loyalty tier",
            "ALTER TABLE customers ADD COLUMN loyalty_tier text;",
            "branching",
            "change set 3fa81c0d3fa8 frozen",
            "awaiting decision",
            "~ table public.customers",
            "approve? [y/N] y (--yes)",
            "approve by ada",
            "MERGED by ada",
            "on the parent, before → after",
            "NULL → gold",
            "is gone",
            "audit, read back from workflow history",
            "requested by demo-agent",
            "ended MERGED",
            "total time");
  }

  @Test
  void demoAnsweredWithNo_rejectsAndExitsThree(@TempDir Path folder) throws IOException {
    CliWorld.Result result = demo(folder, "\n", true, "demo");

    assertThat(result.code()).as(result.err()).isEqualTo(ExitCode.DROPPED.code());
    assertThat(result.out()).contains("approve? [y/N] ").contains("DROPPED by ada");
  }

  @Test
  void demoAnsweredWithYes_merges(@TempDir Path folder) throws IOException {
    assertThat(demo(folder, "Y\n", true, "demo").code()).isZero();
  }

  @Test
  void demoWithoutATerminal_saysHowToAnswerAndExitsPending(@TempDir Path folder)
      throws IOException {
    CliWorld.Result result = demo(folder, "y\n", false, "demo");

    assertThat(result.code()).isEqualTo(ExitCode.PENDING.code());
    assertThat(result.err()).contains("--yes").contains("./offshoot up");
  }

  @Test
  void upAsJson_printsWhereThingsAreAndReportsAnEndByItself(@TempDir Path folder)
      throws IOException {
    child(folder, FakeChild.ready("127.0.0.1:7233") + "System.exit(4);");

    CliWorld.Result result = CliWorld.run(Map.of(), "", false, "up", "-o", "jsonl");

    JsonNode ready = OffshootJson.mapper().readTree(result.out());
    assertThat(ready.path("temporal").asText()).isEqualTo("127.0.0.1:7233");
    assertThat(ready.path("dataFolder").asText()).isEqualTo("/data");
    assertThat(result.code()).isEqualTo(ExitCode.UNEXPECTED.code());
    assertThat(result.err()).contains("ended by itself (exit code 4)").contains("/data/log");
  }

  @Test
  void upForPeople_saysWhichTemporalItTookAndHowToGetTheWebUi(@TempDir Path folder)
      throws IOException {
    child(folder, FakeChild.ready("127.0.0.1:4711"));

    CliWorld.Result result = CliWorld.run(Map.of(), "", false, "up");

    assertThat(result.out())
        .contains("127.0.0.1:4711, namespace default (embedded, in memory")
        .contains("--temporal dev")
        .contains("./offshoot doctor --address 127.0.0.1:4711");
  }

  @Test
  void missingWorkerJar_saysHowToBuildIt() {
    System.setProperty(JAR, "/no/such.jar");

    CliWorld.Result result = CliWorld.run(Map.of(), "", false, "up");

    assertThat(result.code()).isEqualTo(ExitCode.UNEXPECTED.code());
    assertThat(result.err()).contains("/no/such.jar").contains("mvn -Dquick package");
  }
}
