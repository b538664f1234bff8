package dev.offshoot.worker.temporal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.worker.settings.Secret;
import dev.offshoot.worker.settings.SettingsException;
import dev.offshoot.worker.settings.TemporalSettings;
import dev.offshoot.worker.settings.TemporalSettings.Tls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemporalTargetTest {
  private static final Tls NO_TLS = new Tls(null, null, null, null, null);

  @Test
  void nothingConfigured_isTheServerOfThisMachine(@TempDir Path home) {
    TemporalTarget target = TemporalTarget.of(settings(null, null, null), noFile(home));

    assertThat(target.address()).isEqualTo("127.0.0.1:7233");
    assertThat(target.namespace()).isEqualTo("default");
    assertThat(target.options().getEnableHttps()).isFalse();
  }

  @Test
  void temporalsEnvironment_isUsedWithoutAnAddress(@TempDir Path home) {
    Map<String, String> environment =
        Map.of(
            "TEMPORAL_CONFIG_FILE", home.resolve("none").toString(),
            "TEMPORAL_ADDRESS", "cloud:7233",
            "TEMPORAL_NAMESPACE", "agents",
            "TEMPORAL_API_KEY", "key-of-the-cloud");

    TemporalTarget target = TemporalTarget.of(settings(null, null, null), environment);

    assertThat(target.address()).isEqualTo("cloud:7233");
    assertThat(target.namespace()).isEqualTo("agents");
    assertThat(target.options().getEnableHttps()).isTrue();
    assertThat(target.toString()).doesNotContain("key-of-the-cloud");
  }

  @Test
  void profile_isReadFromTemporalsFile(@TempDir Path home) throws IOException {
    Path file =
        Files.writeString(
            home.resolve("temporal.toml"),
            """
            [profile.production]
            address = "production:7233"
            namespace = "shop"
            """);
    Map<String, String> environment = Map.of("TEMPORAL_CONFIG_FILE", file.toString());

    TemporalTarget target = TemporalTarget.of(settings(null, null, "production"), environment);

    assertThat(target.address()).isEqualTo("production:7233");
    assertThat(target.namespace()).isEqualTo("shop");
    assertThatThrownBy(() -> TemporalTarget.of(settings(null, null, "staging"), environment))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("offshoot.temporal.profile")
        .hasMessageContaining("TEMPORAL_PROFILE");
  }

  @Test
  void configuredAddress_outranksTemporalsEnvironment() {
    TemporalTarget target =
        TemporalTarget.of(
            settings("configured:7233", "mine", null),
            Map.of("TEMPORAL_ADDRESS", "cloud:7233", "TEMPORAL_NAMESPACE", "agents"));

    assertThat(target.address()).isEqualTo("configured:7233");
    assertThat(target.namespace()).isEqualTo("mine");
  }

  @Test
  void apiKey_turnsTlsOn_unlessItIsTurnedOff() {
    Secret key = Secret.of("key");

    assertThat(
            TemporalTarget.of(new TemporalSettings("a:1", null, null, key, null, NO_TLS), Map.of())
                .options()
                .getSslContext())
        .isNotNull();
    assertThat(
            TemporalTarget.of(
                    new TemporalSettings(
                        "a:1", null, null, key, null, new Tls(false, null, null, null, null)),
                    Map.of())
                .options()
                .getSslContext())
        .isNull();
  }

  @Test
  void certificateThatIsNone_isRefusedWithoutItsContent(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("ca.pem"), "not a certificate");
    TemporalSettings settings =
        new TemporalSettings("a:1", null, null, null, null, new Tls(null, file, null, null, null));

    assertThatThrownBy(() -> TemporalTarget.of(settings, Map.of()))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("offshoot.temporal.tls")
        .hasMessageNotContaining("not a certificate");
  }

  private static TemporalSettings settings(
      @Nullable String address, @Nullable String namespace, @Nullable String profile) {
    return new TemporalSettings(address, namespace, profile, null, null, NO_TLS);
  }

  private static Map<String, String> noFile(Path home) {
    return Map.of("TEMPORAL_CONFIG_FILE", home.resolve("none").toString());
  }
}
