package dev.offshoot.neon;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Where a branch is to be reached, and with what. Holds a secret: never logged, never sent on.
 *
 * @param jdbcUrl address for the driver, without credentials
 * @param username role
 * @param password its password
 */
public record ConnectionAddress(String jdbcUrl, String username, String password) {
  /** What Neon says about TLS holds for the driver too; it knows no other of Neon's words. */
  private static final List<String> KNOWN = List.of("sslmode");

  /**
   * Reads {@code postgresql://role:password@host:port/database?sslmode=require}; empty if it is
   * none of that kind. The port may be left out.
   */
  static Optional<ConnectionAddress> parse(String uri) {
    URI parsed;
    try {
      parsed = URI.create(uri);
    } catch (IllegalArgumentException e) {
      // The words of the error hold the password.
      return Optional.empty();
    }
    String login = parsed.getRawUserInfo();
    String path = parsed.getRawPath();
    boolean isPostgres =
        List.of("postgresql", "postgres").contains(String.valueOf(parsed.getScheme()));
    if (!isPostgres
        || parsed.getHost() == null
        || login == null
        || !login.contains(":")
        || path == null
        || path.length() < 2) {
      return Optional.empty();
    }
    String[] parts = login.split(":", 2);
    String options =
        Arrays.stream(String.valueOf(parsed.getRawQuery()).split("&"))
            .filter(option -> KNOWN.contains(option.split("=", 2)[0]))
            .collect(Collectors.joining("&"));
    return Optional.of(
        new ConnectionAddress(
            "jdbc:postgresql://%s%s%s%s"
                .formatted(
                    parsed.getHost(),
                    parsed.getPort() == -1 ? "" : ":" + parsed.getPort(),
                    path,
                    options.isEmpty() ? "" : "?" + options),
            decoded(parts[0]),
            decoded(parts[1])));
  }

  /** A plus sign stands for itself there. */
  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "ConnectionAddress[" + username + "]";
  }
}
