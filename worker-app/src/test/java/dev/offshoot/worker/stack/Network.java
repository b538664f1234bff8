package dev.offshoot.worker.stack;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.util.List;
import org.assertj.core.api.Assumptions;

/** How this machine looks from outside. */
final class Network {

  private Network() {}

  /**
   * Every address of this machine that others could use; the calling test is skipped when there is
   * none.
   */
  static List<InetAddress> outsideAddresses() throws IOException {
    List<InetAddress> addresses =
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .filter(address -> !address.isLoopbackAddress())
            .toList();
    Assumptions.assumeThat(addresses).as("addresses other than loopback").isNotEmpty();
    return addresses;
  }

  static boolean reachable(InetAddress address, int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address, port), 1_000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
