package dev.offshoot.worker.settings;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Which Temporal server. Without an address, Temporal's own environment variables ({@code
 * TEMPORAL_ADDRESS} ...) and configuration file decide, as for the {@code temporal} program.
 *
 * @param address host and port
 * @param namespace the namespace; what the environment says, or {@code default}, if absent
 * @param profile profile in Temporal's configuration file; only without an address
 * @param apiKey API key, for Temporal Cloud
 * @param apiKeyFile file that holds the API key
 * @param tls encryption
 */
public record TemporalSettings(
    @Nullable String address,
    @Nullable String namespace,
    @Nullable String profile,
    @Nullable Secret apiKey,
    @Nullable Path apiKeyFile,
    @DefaultValue Tls tls) {

  /**
   * @param enabled whether to use TLS; yes if absent and there is any other of these or an API key
   * @param caFile certificates of the server's authority, PEM; the system's if absent
   * @param certFile client certificate, PEM
   * @param keyFile its private key, PKCS 8 PEM
   * @param serverName name that the server's certificate must bear, if not the address
   */
  public record Tls(
      @Nullable Boolean enabled,
      @Nullable Path caFile,
      @Nullable Path certFile,
      @Nullable Path keyFile,
      @Nullable String serverName) {

    /** Whether anything says that TLS is wanted. */
    public boolean wanted(boolean withApiKey) {
      if (enabled != null) {
        return enabled;
      }
      return withApiKey || caFile != null || certFile != null || serverName != null;
    }

    private boolean configured() {
      return enabled != null
          || caFile != null
          || certFile != null
          || keyFile != null
          || serverName != null;
    }
  }

  /** The API key, wherever it is configured. */
  public @Nullable String revealApiKey() {
    return PasswordSource.read(WorkerSettings.PREFIX + ".temporal.api-key", apiKey, apiKeyFile);
  }

  /** The same for a server elsewhere. */
  public TemporalSettings withAddress(String other) {
    return new TemporalSettings(other, namespace, null, apiKey, apiKeyFile, tls);
  }

  void check(String prefix, Problems problems) {
    if (address != null && !HostAndPort.isValid(address)) {
      problems.add(
          prefix + ".address", "it is not host:port", "Write it like temporal.example.com:7233.");
    }
    if (address != null && profile != null) {
      problems.add(
          prefix + ".profile",
          "it has no effect beside an address",
          "Remove %1$s.address or %1$s.profile.".formatted(prefix));
    }
    if (address == null && (apiKey != null || apiKeyFile != null || tls.configured())) {
      problems.add(
          prefix + ".address",
          "it is missing, though API key or TLS are configured",
          "Set %1$s.address, or remove %1$s.api-key and %1$s.tls and use Temporal's environment or profile."
              .formatted(prefix));
    }
    PasswordSource.check(prefix, "api-key", apiKey, apiKeyFile, false, problems);
    checkTls(prefix + ".tls", problems);
  }

  private void checkTls(String prefix, Problems problems) {
    readable(prefix + ".ca-file", tls.caFile, problems);
    readable(prefix + ".cert-file", tls.certFile, problems);
    readable(prefix + ".key-file", tls.keyFile, problems);
    if ((tls.certFile == null) != (tls.keyFile == null)) {
      problems.add(
          prefix + (tls.certFile == null ? ".cert-file" : ".key-file"),
          "certificate and key belong together",
          "Set both %1$s.cert-file and %1$s.key-file, or neither.".formatted(prefix));
    }
  }

  private static void readable(String key, @Nullable Path file, Problems problems) {
    if (file != null && !Files.isReadable(file)) {
      problems.add(key, file + " cannot be read", "Point it to a file that the worker may read.");
    }
  }
}
