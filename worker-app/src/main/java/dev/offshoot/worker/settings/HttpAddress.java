package dev.offshoot.worker.settings;

import java.net.URI;
import java.net.URISyntaxException;

/** An address of a server that speaks HTTP; credentials are configured apart. */
final class HttpAddress {
  private HttpAddress() {}

  static boolean isOne(String address) {
    try {
      URI uri = new URI(address);
      boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      return http && uri.getHost() != null && uri.getUserInfo() == null;
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
