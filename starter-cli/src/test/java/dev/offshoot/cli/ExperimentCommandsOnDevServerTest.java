package dev.offshoot.cli;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;

/** The same on {@code temporal server start-dev}. */
final class ExperimentCommandsOnDevServerTest extends ExperimentCommandsTest {
  @Override
  CliWorld server() throws IOException {
    assumeTrue(
        DevServer.program().isPresent(),
        "the program 'temporal' is neither on the PATH nor in Go's bin folder; .ci/run installs it");
    return CliWorld.onDevServer();
  }
}
