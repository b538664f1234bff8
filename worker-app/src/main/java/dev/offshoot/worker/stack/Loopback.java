package dev.offshoot.worker.stack;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;

/** The one address that servers of the stack listen on, and its ports. */
final class Loopback {

  /**
   * Written out, because {@code localhost} is whatever the hosts file says: often ::1 as well,
   * which these servers do not listen on.
   */
  static final String HOST = "127.0.0.1";

  private static final Duration PORT_PATIENCE = Duration.ofSeconds(3);

  private Loopback() {}

  static InetAddress address() {
    try {
      return InetAddress.getByAddress(HOST, new byte[] {127, 0, 0, 1});
    } catch (UnknownHostException e) {
      throw new IllegalStateException("Four bytes are always an address", e);
    }
  }

  /**
   * The port to listen on: {@code port} itself, or any free one for 0.
   *
   * <p>A taken port is waited for a moment: the server of an earlier run that was just killed may
   * still be going down.
   *
   * @throws StackException when another program keeps the port
   */
  static int claim(int port, String server) {
    if (port < 0 || port > 65_535) {
      throw new StackException(
          "Port "
              + port
              + " for the "
              + server
              + " is not a port: use 1 to 65535, or 0 for any free one.");
    }
    long deadline = System.nanoTime() + PORT_PATIENCE.toNanos();
    while (true) {
      try (ServerSocket probe = new ServerSocket()) {
        probe.bind(new InetSocketAddress(address(), port));
        return probe.getLocalPort();
      } catch (IOException e) {
        if (port == 0 || System.nanoTime() > deadline) {
          throw portTaken(port, server, e);
        }
        Pause.briefly();
      }
    }
  }

  static StackException portTaken(int port, String server, Throwable cause) {
    return new StackException(
        "Port "
            + port
            + " on "
            + HOST
            + " is taken, so the "
            + server
            + " cannot listen there. Stop the program that uses it (ss -ltnp 'sport = :"
            + port
            + "'), or configure another port (0 for any free one).",
        cause);
  }

  /** Whether anything accepts a connection on the port right now. */
  static boolean accepts(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address(), port), 500);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
