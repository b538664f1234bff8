package dev.offshoot.worker.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.offshoot.codec.EncryptionKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** Keys and the codec endpoint, as they are configured and as people get them wrong. */
class EncryptionSettingsTest {
  private static final String TOKEN = "0123456789abcdef0123456789abcdef";
  private static final EncryptionKey KEY = EncryptionKey.random("k1");

  @TempDir private Path folder;
  private Path keys;

  @BeforeEach
  void writeKeys() throws IOException {
    keys = file("keys", KEY.line());
  }

  @Test
  void keyFile_encrypts_andNothingPrintsItsKey() {
    WorkerSettings settings =
        read(
            Map.of(
                "offshoot.encryption.key-file", keys.toString(),
                "offshoot.encryption.require-encrypted", "true",
                "offshoot.codec-endpoint.enabled", "true",
                "offshoot.codec-endpoint.origins[0]", "https://temporal.example.com",
                "offshoot.codec-endpoint.token", TOKEN),
            Map.of());

    assertThat(settings.encryption().codec().encrypts()).isTrue();
    assertThat(settings.encryption().codec()).hasToString("encryption with keys [k1]");
    assertThat(settings.codecEndpoint().origins()).containsExactly("https://temporal.example.com");
    assertThat(settings.codecEndpoint().revealToken().reveal()).isEqualTo(TOKEN);
    assertThat(settings.toString()).doesNotContain(TOKEN, KEY.line().substring("k1:".length()));
  }

  /** So that one variable is enough for worker, command line and clients. */
  @Test
  void variableOfTheCommandLine_isTheWorkersKey() {
    WorkerSettings settings =
        read(Map.of(), Map.of("OFFSHOOT_ENCRYPTION_KEY_FILE", keys.toString()));

    assertThat(settings.encryption().keyFile()).isEqualTo(keys);
  }

  @Test
  void noKeyFile_encryptsNothing() {
    assertThat(read(Map.of(), Map.of()).encryption().codec().encrypts()).isFalse();
  }

  @Test
  void keyFileThatCannotBeUsed_isRefusedWithPlaceAndRemedy() throws IOException {
    refused("key-file", "cannot be read", folder.resolve("none").toString());
    refused("key-file", "line 1: it does not begin", file("wrong", "hunter2").toString());
    refused("key-file", "instead of 32", file("short", "a:aGk=").toString());
    Path open = file("open", KEY.line());
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));
    refused("key-file", "chmod 600", open.toString());
    refused("require-encrypted", "no key to decrypt with", "true");
  }

  private void refused(String key, String problem, String value) {
    SettingsException refused =
        catchThrowableOfType(
            SettingsException.class,
            () -> read(Map.of("offshoot.encryption." + key, value), Map.of()));

    assertThat(refused)
        .hasMessageContaining("offshoot.encryption." + key)
        .hasMessageContaining(problem)
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void endpointWithoutKeysOrToken_isRefused_bothAtOnce() {
    SettingsException refused =
        catchThrowableOfType(
            SettingsException.class,
            () -> read(Map.of("offshoot.codec-endpoint.enabled", "true"), Map.of()));

    assertThat(refused.problems())
        .extracting(SettingProblem::key)
        .containsExactly("offshoot.codec-endpoint.enabled", "offshoot.codec-endpoint.token");
    assertThat(refused).hasMessageContaining("offshoot.encryption.key-file");
  }

  @ParameterizedTest
  @CsvSource({
    "*",
    "https://*.example.com",
    "https://temporal.example.com/",
    "https://temporal.example.com/ui",
    "HTTPS://temporal.example.com",
    "temporal.example.com",
    "null",
    "file:///x",
    "https://u@temporal.example.com",
    "'https://a b'"
  })
  void originThatNoBrowserSends_isRefused(String origin) {
    SettingsException refused = refusedEndpoint("origins[0]", origin);

    assertThat(refused)
        .hasMessageContaining("offshoot.codec-endpoint.origins[0]")
        .hasMessageContaining("no origin");
  }

  @Test
  void shortToken_isRefused_alsoInAFile() throws IOException {
    assertThat(refusedEndpoint("token", "hunter2"))
        .hasMessageContaining("less than 32")
        .hasMessageNotContaining("hunter2");
    Path token = file("token", "hunter2\n");
    assertThat(refusedEndpoint("token-file", token.toString()))
        .hasMessageContaining("token-file")
        .hasMessageContaining("less than 32");
  }

  private SettingsException refusedEndpoint(String key, String value) {
    Map<String, String> endpoint = new HashMap<>();
    endpoint.put("offshoot.encryption.key-file", keys.toString());
    endpoint.put("offshoot.codec-endpoint.enabled", "true");
    if (!key.startsWith("token")) {
      endpoint.put("offshoot.codec-endpoint.token", TOKEN);
    }
    endpoint.put("offshoot.codec-endpoint." + key, value);
    return catchThrowableOfType(SettingsException.class, () -> read(endpoint, Map.of()));
  }

  private Path file(String name, String text) throws IOException {
    Path file = Files.writeString(folder.resolve(name), text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private static WorkerSettings read(Map<String, String> more, Map<String, Object> variables) {
    Map<String, Object> settings =
        new HashMap<>(
            Map.of(
                "offshoot.ledger.url", "jdbc:postgresql://db:5432/ledger",
                "offshoot.ledger.username", "ledger_owner",
                "offshoot.ledger.password", "p",
                "offshoot.parents.shop.url", "jdbc:postgresql://db:5432/shop",
                "offshoot.parents.shop.username", "shop_owner",
                "offshoot.parents.shop.password", "p"));
    settings.putAll(more);
    StandardEnvironment environment = new StandardEnvironment();
    environment.getPropertySources().remove("systemProperties");
    environment
        .getPropertySources()
        .replace(
            "systemEnvironment",
            new SystemEnvironmentPropertySource("systemEnvironment", variables));
    environment.getPropertySources().addFirst(new MapPropertySource("test", settings));
    return SettingsReader.read(environment);
  }
}
