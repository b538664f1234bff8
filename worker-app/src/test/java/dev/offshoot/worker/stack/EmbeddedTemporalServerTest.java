package dev.offshoot.worker.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
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

  @Test
  void closingUnderWorkersIsQuiet() {
    List<LogRecord> complaints = new CopyOnWriteArrayList<>();
    Logger logger = Logger.getLogger("io.grpc");
    Handler handler = new Complaints(complaints);
    logger.addHandler(handler);
    try {
      for (int i = 0; i < 5; i++) {
        try (EmbeddedTemporalServer server =
            EmbeddedTemporalServer.start(0, Greeting.SEARCH_ATTRIBUTES)) {
          Greeting.through(server.address());
        }
      }
    } finally {
      logger.removeHandler(handler);
    }

    assertThat(complaints).isEmpty();
  }

  private static final class Complaints extends Handler {

    private final List<LogRecord> records;

    Complaints(List<LogRecord> records) {
      this.records = records;
    }

    @Override
    public void publish(LogRecord complaint) {
      records.add(complaint);
    }

    @Override
    public void flush() {
      // Nothing is held back.
    }

    @Override
    public void close() {
      // Nothing is held.
    }
  }

  private static int portOf(EmbeddedTemporalServer server) {
    return Integer.parseInt(server.address().substring(server.address().indexOf(':') + 1));
  }
}
