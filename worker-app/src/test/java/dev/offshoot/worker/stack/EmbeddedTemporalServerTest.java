package dev.offshoot.worker.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ServerSocket;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EmbeddedTemporalServerTest {

  @Test
  void runsAWorkflowWithSearchAttributesForClientsOnLoopback() {
    try (EmbeddedTemporalServer server =
        EmbeddedTemporalServer.start(0, Greeting.SEARCH_ATTRIBUTES)) {
      assertThat(server.address()).matches("127\\.0\\.0\\.1:\\d+");
      assertThat(Greeting.through(server.address())).isEqualTo("Good day, Ada");
    }
  }

  @Test
  void cannotBeReachedFromOtherMachines() throws Exception {
    try (EmbeddedTemporalServer server = EmbeddedTemporalServer.start(0, Map.of())) {
      int port = portOf(server);

      assertThat(Network.reachable(Loopback.address(), port)).isTrue();
      assertThat(Network.outsideAddresses()).noneMatch(address -> Network.reachable(address, port));
    }
  }

  @Test
  void saysWhichPortIsTaken() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, Loopback.address())) {
      assertThatThrownBy(() -> EmbeddedTemporalServer.start(taken.getLocalPort(), Map.of()))
          .isInstanceOf(StackException.class)
          .hasMessageContaining("Port " + taken.getLocalPort() + " on 127.0.0.1 is taken")
          .hasMessageContaining("embedded Temporal server")
          .hasMessageContaining("another port");
    }
  }

  @Test
  void closingFreesThePortAtOnceAndTwiceIsFine() {
    EmbeddedTemporalServer first = EmbeddedTemporalServer.start(0, Map.of());
    int port = portOf(first);
    first.close();
    first.close();

    try (EmbeddedTemporalServer second =
        EmbeddedTemporalServer.start(port, Greeting.SEARCH_ATTRIBUTES)) {
      assertThat(Greeting.through(second.address())).isEqualTo("Good day, Ada");
    }
  }

  private static int portOf(EmbeddedTemporalServer server) {
    return Integer.parseInt(server.address().substring(server.address().indexOf(':') + 1));
  }
}
