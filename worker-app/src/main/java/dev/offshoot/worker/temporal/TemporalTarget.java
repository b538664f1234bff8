package dev.offshoot.worker.temporal;

import static java.util.Objects.requireNonNullElse;

import dev.offshoot.worker.settings.SettingsException;
import dev.offshoot.worker.settings.TemporalSettings;
import io.temporal.envconfig.ClientConfigProfile;
import io.temporal.envconfig.ClientConfigTLS;
import io.temporal.envconfig.LoadClientConfigProfileOptions;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A Temporal server and how to speak to it. Immutable and thread-safe; its text holds no API key.
 */
public final class TemporalTarget {
  private static final String LOCAL = "127.0.0.1:7233";
  private static final String DEFAULT_NAMESPACE = "default";

  private final String address;
  private final String namespace;
  private final boolean embedded;
  private final WorkflowServiceStubsOptions options;

  private TemporalTarget(ClientConfigProfile profile, boolean embedded) {
    this.address = requireNonNullElse(profile.getAddress(), LOCAL);
    this.namespace = requireNonNullElse(profile.getNamespace(), DEFAULT_NAMESPACE);
    this.embedded = embedded;
    this.options = profile.toWorkflowServiceStubsOptions();
  }

  /** A server on this machine that asks for no credentials. */
  public static TemporalTarget local(String address, boolean embedded) {
    return new TemporalTarget(
        ClientConfigProfile.newBuilder().setAddress(address).build(), embedded);
  }

  /**
   * The server that the settings name, or else Temporal's own environment and configuration file.
   *
   * @param environment environment variables
   * @throws SettingsException if the file, the profile or a certificate cannot be used
   */
  public static TemporalTarget of(TemporalSettings settings, Map<String, String> environment) {
    try {
      ClientConfigProfile.Builder profile =
          ClientConfigProfile.newBuilder(
              settings.address() == null
                  ? fromEnvironment(settings, environment)
                  : configured(settings, settings.address()));
      if (settings.namespace() != null) {
        profile.setNamespace(settings.namespace());
      }
      return new TemporalTarget(profile.build(), false);
    } catch (IOException | RuntimeException e) {
      if (e instanceof SettingsException settingsException) {
        throw settingsException;
      }
      // Its message may quote a certificate or a line of the file.
      throw new SettingsException(
          settings.address() == null ? "offshoot.temporal.profile" : "offshoot.temporal.tls",
          "Temporal's connection settings cannot be used (%s)"
              .formatted(e.getClass().getSimpleName()),
          settings.address() == null
              ? "Check TEMPORAL_PROFILE, TEMPORAL_CONFIG_FILE and the files that they name (temporal config list), or set offshoot.temporal.address."
              : "Check that certificates are PEM and the key is PKCS 8 PEM without a password.");
    }
  }

  private static ClientConfigProfile fromEnvironment(
      TemporalSettings settings, Map<String, String> environment) throws IOException {
    LoadClientConfigProfileOptions.Builder load =
        LoadClientConfigProfileOptions.newBuilder().setEnvOverrides(environment);
    if (settings.profile() != null) {
      load.setConfigFileProfile(settings.profile());
    }
    return ClientConfigProfile.load(load.build());
  }

  private static ClientConfigProfile configured(TemporalSettings settings, String address) {
    ClientConfigProfile.Builder profile = ClientConfigProfile.newBuilder().setAddress(address);
    @Nullable String apiKey = settings.revealApiKey();
    if (apiKey != null) {
      profile.setApiKey(apiKey);
    }
    TemporalSettings.Tls tls = settings.tls();
    ClientConfigTLS.Builder encryption =
        ClientConfigTLS.newBuilder().setDisabled(!tls.wanted(apiKey != null));
    path(tls.caFile(), encryption::setServerCACertPath);
    path(tls.certFile(), encryption::setClientCertPath);
    path(tls.keyFile(), encryption::setClientKeyPath);
    if (tls.serverName() != null) {
      encryption.setServerName(tls.serverName());
    }
    return profile.setTls(encryption.build()).build();
  }

  private static void path(@Nullable Path file, Consumer<String> setter) {
    if (file != null) {
      setter.accept(file.toString());
    }
  }

  /** Host and port. */
  public String address() {
    return address;
  }

  public String namespace() {
    return namespace;
  }

  /** Whether it is the in-memory server of the SDK's test kit, which lacks much. */
  public boolean embedded() {
    return embedded;
  }

  /** What a client needs to connect: address, TLS and API key. */
  public WorkflowServiceStubsOptions options() {
    return options;
  }

  @Override
  public String toString() {
    return "%s, namespace %s".formatted(address, namespace);
  }
}
