package dev.offshoot.worker.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.temporal.api.enums.v1.IndexedValueType;
import java.net.HttpURLConnection;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.assertj.core.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemporalDevServerTest {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  @TempDir Path folder;

  private Path program = Path.of("temporal");

  @BeforeEach
  void programIsInstalled() {
    program =
        TemporalProgram.find()
            .orElseGet(
                () -> {
                  Assumptions.assumeThat(false).as("the temporal program is installed").isTrue();
                  return program;
                });
  }

  @Test
  void workflowsOutliveTheServer() throws Exception {
    try (TemporalDevServer server = TemporalDevServer.start(options(0))) {
      Greeting.startOnly(server.address(), "greeting-1");
      assertThat(statusOf(server.uiAddress())).isEqualTo(HttpURLConnection.HTTP_OK);
    }

    try (TemporalDevServer server = TemporalDevServer.start(options(0))) {
      assertThat(Greeting.run(server.address(), "greeting-1", false)).isEqualTo("Good day, Ada");
    }
  }

  @Test
  void cannotBeReachedFromOtherMachines() throws Exception {
    try (TemporalDevServer server = TemporalDevServer.start(options(0))) {
      int port = URI.create("tcp://" + server.address()).getPort();
      int uiPort = URI.create(server.uiAddress()).getPort();

      assertThat(Network.outsideAddresses())
          .noneMatch(
              address -> Network.reachable(address, port) || Network.reachable(address, uiPort));
    }
  }

  @Test
  void refusesASearchAttributeThatHasAnotherType() {
    TemporalDevServer.start(options(0)).close();

    assertThatThrownBy(
            () ->
                TemporalDevServer.start(
                    new TemporalDevServer.Options(
                        program,
                        folder,
                        0,
                        0,
                        Map.of("OffshootParent", IndexedValueType.INDEXED_VALUE_TYPE_INT),
                        LIMIT)))
        .isInstanceOf(StackException.class)
        .hasMessageContaining("OffshootParent is Keyword")
        .hasMessageContaining("Int is needed");
  }

  @Test
  void refusesAFolderInUse() {
    try (TemporalDevServer server = TemporalDevServer.start(options(0))) {
      assertThatThrownBy(() -> TemporalDevServer.start(options(0)))
          .isInstanceOf(StackException.class)
          .hasMessageContaining(folder.getFileName().toString())
          .hasMessageContaining("in use by a running Temporal dev server");
      assertThat(server.isAlive()).isTrue();
    }
  }

  @Test
  void saysWhichPortIsTaken() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, Loopback.address())) {
      assertThatThrownBy(() -> TemporalDevServer.start(options(taken.getLocalPort())))
          .isInstanceOf(StackException.class)
          .hasMessageContaining("Port " + taken.getLocalPort() + " on 127.0.0.1 is taken");
    }
  }

  @Test
  void showsTheEndOfTheLogWhenTheServerEndsAtOnce() throws Exception {
    Files.createDirectories(folder.resolve("temporal.db"));

    assertThatThrownBy(() -> TemporalDevServer.start(options(0)))
        .isInstanceOf(StackException.class)
        .hasMessageContaining("ended while it started")
        .hasMessageContaining("temporal.log")
        .hasMessageContaining("unable to open database file");
  }

  @Test
  void givesUpOnAServerThatNeverAnswersAndEndsIt() throws Exception {
    Path sleeper =
        Files.writeString(folder.resolve("sleeper"), "#!/bin/sh\necho waiting\nexec sleep 60\n");
    assertThat(sleeper.toFile().setExecutable(true)).isTrue();

    assertThatThrownBy(
            () ->
                TemporalDevServer.start(
                    new TemporalDevServer.Options(
                        sleeper, folder.resolve("state"), 0, 0, Map.of(), Duration.ofMillis(500))))
        .isInstanceOf(StackException.class)
        .hasMessageContaining("not healthy after PT0.5S")
        .hasMessageContaining("waiting");
    assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive)).isEmpty();
  }

  private TemporalDevServer.Options options(int port) {
    return new TemporalDevServer.Options(
        program, folder, port, 0, Greeting.SEARCH_ATTRIBUTES, LIMIT);
  }

  private static int statusOf(String address) throws Exception {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(URI.create(address)).build(), BodyHandlers.discarding())
        .statusCode();
  }
}
