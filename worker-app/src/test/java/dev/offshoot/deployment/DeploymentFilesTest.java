package dev.offshoot.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The image's and the compose file's linters; `.ci/run` installs them. */
class DeploymentFilesTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  @Test
  void composeFile_passesItsLinter() throws IOException, InterruptedException {
    Program.Run run = lint("dclint", "--max-warnings", "0", "docker-compose.yml");
    assertThat(run.exit()).as(run.output()).isZero();
  }

  @Test
  void dockerfile_passesItsLinter() throws IOException, InterruptedException {
    Program.Run run = lint("hadolint", "Dockerfile");
    assertThat(run.exit()).as(run.output()).isZero();
  }

  @Test
  void composeFile_pinsEveryImageAndListensOnLoopbackOnly() throws IOException {
    assertThat(Files.readAllLines(ROOT.resolve("docker-compose.yml")))
        .filteredOn(line -> line.strip().startsWith("image:"))
        .isNotEmpty()
        .allMatch(line -> line.matches(".*:\\d[\\w.-]*$"));
    assertThat(Files.readAllLines(ROOT.resolve("docker-compose.yml")))
        .filteredOn(line -> line.matches("\\s*- '?\"?[\\d.:]*\\d+:\\d+'?\"?"))
        .isNotEmpty()
        .allMatch(line -> line.contains("127.0.0.1:"));
  }

  private static Program.Run lint(String linter, String... arguments)
      throws IOException, InterruptedException {
    Optional<Program> program = Program.onPath(linter);
    assumeTrue(program.isPresent(), linter + " is not on the PATH; .ci/run installs it");
    return program.get().run(ROOT, Map.of(), Duration.ofMinutes(1), arguments);
  }
}
