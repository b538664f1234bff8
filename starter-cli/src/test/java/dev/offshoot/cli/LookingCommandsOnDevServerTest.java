package dev.offshoot.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** The same on {@code temporal server start-dev}, which can list as well. */
final class LookingCommandsOnDevServerTest extends LookingCommandsTest {
  @Override
  CliWorld server() throws IOException {
    assumeTrue(
        DevServer.program().isPresent(),
        "the program 'temporal' is neither on the PATH nor in Go's bin folder; .ci/run installs it");
    return CliWorld.onDevServer();
  }

  @Test
  void list_findsExperimentsByWhatTheServerKnowsOfThem() throws InterruptedException {
    String id = world.waiting("hazardous");

    JsonNode found = null;
    for (int i = 0; i < 50 && (found == null || found.isEmpty()); i++) {
      Thread.sleep(100);
      found =
          json(
              world
                  .run(
                      "experiment",
                      "list",
                      "--stage=AWAITING_DECISION",
                      "--parent=hazardous",
                      "--hazard=DROPS_COLUMN",
                      "--limit=1",
                      "-o=json")
                  .out());
    }

    assertThat(found).isNotNull();
    assertThat(found.get(0).path("id").asText()).isEqualTo(id);
    assertThat(found.get(0).path("requestedBy").asText()).isEqualTo("agent-7");
    assertThat(found.get(0).path("digest").asText()).isEqualTo(FakeWorld.DIGEST);
    assertThat(world.run("experiment", "list", "--parent", "x' OR 'a'='a").code())
        .isEqualTo(ExitCode.USAGE.code());
  }
}
