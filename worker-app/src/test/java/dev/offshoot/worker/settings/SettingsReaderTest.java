package dev.offshoot.worker.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.offshoot.branch.CopyMethod;
import dev.offshoot.branch.Copying;
import dev.offshoot.branch.NeonHome;
import dev.offshoot.branch.OnBusy;
import dev.offshoot.branch.OnDrift;
import dev.offshoot.branch.ParentConfig;
import dev.offshoot.branch.SourceConfig;
import dev.offshoot.branch.Storage;
import dev.offshoot.domain.ApprovalRule;
import dev.offshoot.domain.Hazard;
import dev.offshoot.domain.Severity;
import dev.offshoot.judge.JudgeConfig;
import dev.offshoot.neon.NeonProject;
import dev.offshoot.policy.HazardLimits;
import dev.offshoot.policy.HazardSettings;
import dev.offshoot.policy.SensitiveName;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.util.unit.DataSize;

class SettingsReaderTest {
  private static final String PASSWORD = "hunter2-the-secret";

  @Test
  void onlyWhatIsRequired_leavesEveryDefault() {
    WorkerSettings settings = read(Map.of());

    assertThat(settings.temporal())
        .isEqualTo(
            new TemporalSettings(
                null,
                null,
                null,
                null,
                null,
                new TemporalSettings.Tls(null, null, null, null, null)));
    assertThat(settings.ledger())
        .isEqualTo(
            new LedgerSettings(
                "jdbc:postgresql://db:5432/ledger",
                "ledger_owner",
                Secret.of(PASSWORD),
                null,
                10,
                null));
    assertThat(settings.parents().get("shop"))
        .isEqualTo(
            new ParentSettings(
                "jdbc:postgresql://db:5432/shop",
                "shop_owner",
                Secret.of(PASSWORD),
                null,
                "postgres",
                CopyMethod.AUTO,
                Duration.ofDays(7),
                20,
                null,
                1_000_000,
                DataSize.ofGigabytes(10),
                null,
                null,
                DataSize.ofGigabytes(1),
                Duration.ofSeconds(2),
                Duration.ofMinutes(10),
                1000,
                OnBusy.REFUSE,
                DataSize.ofMegabytes(256),
                null,
                Duration.ofDays(7),
                Map.of(),
                new HazardLimitSettings(100, 0.5, DataSize.ofGigabytes(1), 10_000),
                List.of(),
                List.of(),
                List.of(),
                Map.of(),
                null,
                ParentSettings.Provider.POSTGRES,
                null));
    assertThat(settings.worker())
        .isEqualTo(
            new WorkSettings(
                10,
                20,
                Duration.ofSeconds(30),
                Duration.ofMinutes(1),
                Duration.ofMinutes(5),
                Duration.ofMinutes(5),
                DeploymentSettings.NONE));
    assertThat(settings.encryption()).isEqualTo(new EncryptionSettings(null, false));
    assertThat(settings.codecEndpoint())
        .isEqualTo(new CodecEndpointSettings(false, List.of(), null, null));
    assertThat(settings.stack())
        .isEqualTo(new StackSettings(false, null, 0, 0, null, false, true, Map.of()));
  }

  @Test
  void defaultsOfAParent_areThoseOfTheRoomThatBranches() {
    ParentConfig configured = read(Map.of()).parents().get("shop").config("shop");

    assertThat(configured)
        .isEqualTo(
            ParentConfig.builder("shop", "jdbc:postgresql://db:5432/shop", "shop_owner", PASSWORD)
                .sequenceBlock(1000)
                .build());
  }

  @Test
  void parentOnNeon_needsProjectDatabaseAndRole_andGetsTheRestFromThere() {
    Map<String, String> neon =
        Map.of(
            "offshoot.parents.cloud.provider", "neon",
            "offshoot.parents.cloud.neon.api-key", "napi_" + PASSWORD,
            "offshoot.parents.cloud.neon.project", "shiny-wind-028834",
            "offshoot.parents.cloud.neon.database", "shop",
            "offshoot.parents.cloud.neon.role", "shop_owner");

    ParentConfig cloud = read(neon).parents().get("cloud").config("cloud");

    assertThat(cloud.username()).isEqualTo("shop_owner");
    assertThat(cloud.neon())
        .isEqualTo(
            new NeonHome(
                new NeonProject(
                    "cloud",
                    URI.create("https://console.neon.tech/api/v2"),
                    "shiny-wind-028834",
                    "napi_" + PASSWORD,
                    5),
                null,
                "shop",
                "shop_owner",
                0.25,
                1,
                Duration.ofMinutes(5),
                true,
                true));
    assertThat(cloud.neon().toString()).doesNotContain(PASSWORD);
  }

  @ParameterizedTest
  @CsvSource({
    "neon.project, ../users/me, no id of a project",
    "neon.api-url, ftp://neon, no http or https address",
    "neon.max-compute, 0.1, not in order",
    "neon.suspend-after, 8d, longer than Neon takes",
    "neon.requests-per-second, 0, 1 to 1000",
    "url, jdbc:postgresql://db/shop, come from there",
    "provider, postgres, place on Neon is configured"
  })
  void whatIsWrongAboutAParentOnNeon_isSaidByItsKey(String key, String value, String problem) {
    Map<String, String> neon =
        new HashMap<>(
            Map.of(
                "offshoot.parents.cloud.provider", "neon",
                "offshoot.parents.cloud.neon.api-key", "napi_" + PASSWORD,
                "offshoot.parents.cloud.neon.project", "shiny-wind-028834",
                "offshoot.parents.cloud.neon.database", "shop",
                "offshoot.parents.cloud.neon.role", "shop_owner"));
    neon.put("offshoot.parents.cloud." + key, value);

    assertThatThrownBy(() -> read(neon))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("offshoot.parents.cloud." + key)
        .hasMessageContaining(problem)
        .hasMessageNotContaining(PASSWORD);
  }

  @Test
  void everyKey_reachesItsField(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "from-a-file\n");

    WorkerSettings settings =
        read(
            Map.ofEntries(
                Map.entry("offshoot.temporal.address", "temporal:7233"),
                Map.entry("offshoot.temporal.namespace", "agents"),
                Map.entry("offshoot.temporal.api-key-file", file.toString()),
                Map.entry("offshoot.temporal.tls.enabled", "true"),
                Map.entry("offshoot.temporal.tls.ca-file", file.toString()),
                Map.entry("offshoot.temporal.tls.cert-file", file.toString()),
                Map.entry("offshoot.temporal.tls.key-file", file.toString()),
                Map.entry("offshoot.temporal.tls.server-name", "name"),
                Map.entry("offshoot.ledger.max-connections", "4"),
                Map.entry("offshoot.parents.shop.maintenance-database", "template1"),
                Map.entry("offshoot.parents.shop.copy-method", "clone"),
                Map.entry("offshoot.parents.shop.max-ttl", "1h30m"),
                Map.entry("offshoot.parents.shop.max-branches", "3"),
                Map.entry("offshoot.parents.shop.max-branches-per-tenant", "2"),
                Map.entry("offshoot.parents.shop.max-changed-rows", "5"),
                Map.entry("offshoot.parents.shop.max-branch-growth", "6MB"),
                Map.entry("offshoot.parents.shop.max-branch-storage", "3GB"),
                Map.entry("offshoot.parents.shop.data-directory", folder.toString()),
                Map.entry("offshoot.parents.shop.min-free-disk", "7MB"),
                Map.entry("offshoot.parents.shop.lock-timeout", "PT4S"),
                Map.entry("offshoot.parents.shop.merge-statement-timeout", "90s"),
                Map.entry("offshoot.parents.shop.sequence-block", "0"),
                Map.entry("offshoot.parents.shop.on-busy", "fence"),
                Map.entry("offshoot.parents.shop.rehearsal-max-size", "2GB"),
                Map.entry("offshoot.parents.shop.source.url", "jdbc:postgresql://copies/shop"),
                Map.entry("offshoot.parents.shop.source.username", "copy_owner"),
                Map.entry("offshoot.parents.shop.source.password-file", file.toString()),
                Map.entry("offshoot.parents.shop.source.maintenance-database", "template1"),
                Map.entry("offshoot.parents.shop.source.on-drift", "allow"),
                Map.entry("offshoot.parents.shop.source.refresh-every", "6h"),
                Map.entry("offshoot.parents.shop.source.pg-bin", folder.toString()),
                Map.entry("offshoot.parents.shop.revert-window", "P3D"),
                Map.entry("offshoot.parents.shop.hazards.DELETES_ROWS", "FORBIDDEN"),
                Map.entry("offshoot.parents.shop.hazard-limits.many-rows", "7"),
                Map.entry("offshoot.parents.shop.hazard-limits.many-rows-share", "0.25"),
                Map.entry("offshoot.parents.shop.hazard-limits.large-table", "2MB"),
                Map.entry("offshoot.parents.shop.hazard-limits.sequence-jump", "9"),
                Map.entry("offshoot.parents.shop.sensitive[0]", "public.customers.email"),
                Map.entry("offshoot.parents.shop.masked[0]", "public.cards.number"),
                Map.entry("offshoot.worker.max-concurrent-activities", "7"),
                Map.entry("offshoot.worker.max-concurrent-workflow-tasks", "8"),
                Map.entry("offshoot.worker.shutdown-grace", "9s"),
                Map.entry("offshoot.worker.recovery-every", "11s"),
                Map.entry("offshoot.worker.sweep-every", "12s"),
                Map.entry("offshoot.worker.orphan-grace", "13s"),
                Map.entry("offshoot.worker.deployment.name", "offshoot"),
                Map.entry("offshoot.worker.deployment.build-id", "build-7"),
                Map.entry("offshoot.worker.deployment.behavior", "AUTO_UPGRADE")));

    assertThat(settings.temporal().address()).isEqualTo("temporal:7233");
    assertThat(settings.temporal().namespace()).isEqualTo("agents");
    assertThat(settings.temporal().revealApiKey()).isEqualTo("from-a-file");
    assertThat(settings.temporal().tls())
        .isEqualTo(new TemporalSettings.Tls(true, file, file, file, "name"));
    ParentSettings shop = settings.parents().get("shop");
    assertThat(shop.maintenanceDatabase()).isEqualTo("template1");
    assertThat(shop.copyMethod()).isEqualTo(CopyMethod.CLONE);
    assertThat(shop.maxTtl()).isEqualTo(Duration.ofMinutes(90));
    assertThat(shop.maxBranches()).isEqualTo(3);
    assertThat(shop.config("shop").maxBranchesPerTenant()).isEqualTo(2);
    assertThat(shop.maxChangedRows()).isEqualTo(5);
    assertThat(shop.maxBranchGrowth()).isEqualTo(DataSize.ofMegabytes(6));
    assertThat(shop.config("shop").storage()).isEqualTo(new Storage(3L << 30, folder, 7L << 20));
    assertThat(shop.lockTimeout()).isEqualTo(Duration.ofSeconds(4));
    assertThat(shop.config("shop").mergeStatementTimeout()).isEqualTo(Duration.ofSeconds(90));
    assertThat(shop.sequenceBlock()).isZero();
    assertThat(shop.config("shop").copying())
        .isEqualTo(
            new Copying(
                OnBusy.FENCE,
                2L << 30,
                new SourceConfig(
                    "jdbc:postgresql://copies/shop",
                    "copy_owner",
                    "from-a-file",
                    "template1",
                    OnDrift.ALLOW,
                    Duration.ofHours(6),
                    folder)));
    assertThat(shop.revertWindow()).isEqualTo(Duration.ofDays(3));
    assertThat(shop.hazards()).isEqualTo(Map.of("DELETES_ROWS", Severity.FORBIDDEN));
    assertThat(shop.config("shop").hazards())
        .isEqualTo(
            new HazardSettings(
                Map.of(Hazard.DELETES_ROWS, Severity.FORBIDDEN),
                5,
                new HazardLimits(7, 0.25, 2 << 20, 9),
                List.of(SensitiveName.parse("public.customers.email").orElseThrow())));
    assertThat(shop.config("shop").masked())
        .containsExactly(SensitiveName.parse("public.cards.number").orElseThrow());
    assertThat(settings.worker())
        .isEqualTo(
            new WorkSettings(
                7,
                8,
                Duration.ofSeconds(9),
                Duration.ofSeconds(11),
                Duration.ofSeconds(12),
                Duration.ofSeconds(13),
                new DeploymentSettings(
                    "offshoot", "build-7", DeploymentSettings.Behavior.AUTO_UPGRADE)));
  }

  @ParameterizedTest
  @CsvSource({
    "offshoot.temporal.adress, offshoot.temporal.address",
    "offshoot.parents.shop.max-tll, offshoot.parents.shop.max-ttl",
    "offshoot.parents.shop.hazards.DELETE_ROWS, offshoot.parents.shop.hazards.DELETES_ROWS",
    "offshoot.parents.shop.hazard-limits.many-row, offshoot.parents.shop.hazard-limits.many-rows",
    "offshoot.wroker.shutdown-grace, offshoot.worker.shutdown-grace",
    "offshoot.nonsense, ''",
  })
  void unknownKey_isNamedWithTheNearestThatExists(String key, String near) {
    SettingsException refused = refused(Map.of(key, "NOTICE"));

    assertThat(refused.problems()).extracting(SettingProblem::key).containsExactly(key);
    assertThat(refused).hasMessageContaining(near);
  }

  @ParameterizedTest
  @CsvSource({
    "offshoot.worker.max-concurrent-activities, many, whole number",
    "offshoot.worker.max-concurrent-activities, 0, at least 1",
    "offshoot.worker.max-concurrent-workflow-tasks, 1, at least 2",
    "offshoot.worker.shutdown-grace, soon, 1h30m",
    "offshoot.worker.shutdown-grace, 0s, positive",
    "offshoot.parents.shop.max-ttl, -PT1H, positive",
    "offshoot.parents.shop.copy-method, MAGIC, 'AUTO, WAL_LOG, FILE_COPY, CLONE'",
    "offshoot.parents.shop.hazards.DELETES_ROWS, AWFUL, 'NOTICE, NEEDS_NAME, FORBIDDEN'",
    "offshoot.parents.shop.max-branches, 0, at least 1",
    "offshoot.parents.shop.merge-statement-timeout, 0s, positive",
    "offshoot.parents.shop.agent-address, nowhere, no host:port",
    "offshoot.parents.shop.max-branch-storage, 0B, at least 1",
    "offshoot.parents.shop.max-branch-storage, some, 256MB",
    "offshoot.parents.shop.data-directory, /no/such/folder, no folder",
    "offshoot.parents.shop.min-free-disk, -1B, at least 0",
    "offshoot.parents.shop.rehearsal-max-size, huge, 256MB",
    "offshoot.parents.shop.on-busy, WAIT, 'REFUSE, FENCE'",
    "offshoot.parents.shop.source.url, jdbc:postgresql://db:5432/shop, parent itself",
    "offshoot.parents.shop.source.pg-bin, /no/such/folder, no folder",
    "offshoot.parents.shop.source.refresh-every, 0s, positive",
    "offshoot.parents.shop.hazard-limits.many-rows, 0, at least 1",
    "offshoot.parents.shop.hazard-limits.many-rows-share, 1.5, share from 0 to 1",
    "offshoot.parents.shop.hazard-limits.many-rows-share, half, a number",
    "offshoot.parents.shop.hazard-limits.large-table, big, 256MB",
    "offshoot.parents.shop.hazard-limits.large-table, 0B, at least 1",
    "offshoot.parents.shop.hazard-limits.sequence-jump, -1, at least 0",
    "offshoot.parents.shop.sensitive[0], customers, schema.table.column",
    "offshoot.parents.shop.masked[0], cards, schema.table.column",
    "offshoot.temporal.address, temporal, host:port",
    "offshoot.temporal.address, temporal:99999, host:port",
    "offshoot.temporal.api-key, x, offshoot.temporal.address",
    "offshoot.temporal.tls.ca-file, /no/such/file, cannot be read",
    "offshoot.parents.shop.password-file, /no/such/file, Keep one of",
    "offshoot.parents.shop.url, jdbc:mysql://db/shop, jdbc:postgresql://host:5432/database",
    "offshoot.parents.shop.url, jdbc:postgresql://db:5432/, jdbc:postgresql://host:5432/database",
    "offshoot.ledger.max-connections, 1, at least 2",
  })
  void wrongValue_isRefusedWithKeyAndRemedy(String key, String value, String remedy) {
    SettingsException refused = refused(Map.of(key, value));

    // Spring gives map keys in a form without underscores.
    assertThat(refused.getMessage().replace("_", "")).containsIgnoringCase(key.replace("_", ""));
    assertThat(refused).hasMessageContaining(remedy);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:postgresql://shop_owner:" + PASSWORD + "@db:5432/shop",
        "jdbc:postgresql://db:5432/shop?user=shop_owner",
        "jdbc:postgresql://db:5432/shop?ssl=true&password=" + PASSWORD,
        "jdbc:postgresql://db:5432/shop?sslPassword=" + PASSWORD,
      })
  void credentialsInTheUrlOfAParent_areRefusedAndNotRepeated(String url) {
    SettingsException refused = refused(Map.of("offshoot.parents.shop.url", url));

    assertThat(refused)
        .hasMessageContaining("offshoot.parents.shop.url: it holds credentials")
        .hasMessageContaining("offshoot.parents.shop.username and offshoot.parents.shop.password")
        .hasMessageNotContaining(PASSWORD);
  }

  @Test
  void unsetEnvironmentVariable_isNamed() {
    assertThat(refused(Map.of("offshoot.parents.shop.password", "${NO_SUCH_VARIABLE}")))
        .hasMessageContaining("offshoot.parents.shop.password")
        .hasMessageContaining("Set the environment variable NO_SUCH_VARIABLE");
  }

  @Test
  void whatIsMissing_isSaidAllAtOnce() {
    SettingsException refused =
        catchThrowableOfType(
            SettingsException.class,
            () -> readOnly(Map.of("offshoot.parents.shop.username", "shop_owner")));

    assertThat(refused.problems())
        .extracting(SettingProblem::key)
        .containsExactlyInAnyOrder(
            "offshoot.parents.shop.url", "offshoot.parents.shop.password", "offshoot.ledger");
  }

  @Test
  void passwordFile_isReadWithoutItsLineEnd(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("password"), PASSWORD + "\n");
    Map<String, Object> keys = new HashMap<>(required());
    keys.remove("offshoot.parents.shop.password");
    keys.put("offshoot.parents.shop.password-file", file.toString());

    assertThat(readOnly(keys).parents().get("shop").config("shop").password()).isEqualTo(PASSWORD);
  }

  @ParameterizedTest
  @CsvSource({
    "base-url, http://user:pw@host/v1, no http or https address without credentials",
    "base-url, file:///etc/passwd, no http or https address",
    "timeout, 5m, at most 100s",
    "min-confidence, 1.5, from 0 to 1",
    "max-output-tokens, 3, at least 100",
    "response-format, YAML, 'AUTO, JSON_SCHEMA, JSON_OBJECT, TEXT'",
    "provider, ORACLE, 'NONE, OPENAI, ANTHROPIC'",
  })
  void wrongValueOfTheJudge_isRefusedWithKeyAndRemedy(String key, String value, String remedy) {
    Map<String, String> keys =
        new HashMap<>(
            Map.of(
                "offshoot.judge.provider", "OPENAI",
                "offshoot.judge.model", "m",
                "offshoot.judge.api-key", PASSWORD));
    keys.put("offshoot.judge." + key, value);

    assertThat(refused(keys))
        .hasMessageContaining("offshoot.judge." + key)
        .hasMessageContaining(remedy)
        .hasMessageNotContaining(PASSWORD);
  }

  @Test
  void approversAndHowMany_areReadByHazard_andMoreThanThereAreIsRefused() {
    assertThat(
            read(Map.of(
                    "offshoot.parents.shop.approvers", "rita, sam",
                    "offshoot.parents.shop.required-approvals.drops-table", "2"))
                .parents()
                .get("shop")
                .config("shop")
                .approval())
        .isEqualTo(new ApprovalRule(List.of("rita", "sam"), Map.of(Hazard.DROPS_TABLE, 2)));
    assertThat(
            refused(
                Map.of(
                    "offshoot.parents.shop.approvers", "rita",
                    "offshoot.parents.shop.required-approvals.DROPS_TABLE", "2")))
        .hasMessageContaining("it is more than there are approvers");
    assertThat(refused(Map.of("offshoot.parents.shop.required-approvals.DROPS_ALL", "2")))
        .hasMessageContaining("there is no such hazard");
  }

  @Test
  void judge_isNoModelByDefault_andWithoutAKeyOnlyAtAnAddressOfOnesOwn() {
    assertThat(read(Map.of()).judge().config()).isEmpty();
    assertThat(refused(Map.of("offshoot.judge.model", "m")))
        .hasMessageContaining("offshoot.judge.provider");
    assertThat(
            refused(
                Map.of(
                    "offshoot.judge.provider", "BEAN",
                    "offshoot.judge.model", "m",
                    "offshoot.judge.api-key", PASSWORD)))
        .hasMessageContaining("it is BEAN, which knows its own address and key");
    assertThat(refused(Map.of("offshoot.judge.provider", "ANTHROPIC", "offshoot.judge.model", "m")))
        .hasMessageContaining("offshoot.judge.api-key");
    assertThat(
            read(Map.of(
                    "offshoot.judge.provider", "OPENAI",
                    "offshoot.judge.model", "m",
                    "offshoot.judge.base-url", "http://127.0.0.1:11434/v1"))
                .judge()
                .config())
        .contains(
            JudgeConfig.of(JudgeConfig.Protocol.OPENAI, "m", "http://127.0.0.1:11434/v1", null));
  }

  @Test
  void secrets_printAsStars() {
    WorkerSettings settings =
        read(Map.of("offshoot.temporal.address", "t:1", "offshoot.temporal.api-key", PASSWORD));

    assertThat(settings.toString()).contains("******").doesNotContain(PASSWORD);
  }

  @Test
  void wrongValueOfASecretKey_isNotRepeated() {
    assertThatThrownBy(
            () ->
                read(
                    Map.of(
                        "offshoot.worker.shutdown-grace",
                        PASSWORD,
                        "offshoot.parents.shop.copy-method",
                        PASSWORD)))
        .isInstanceOf(SettingsException.class)
        .hasMessageNotContaining(PASSWORD);
  }

  private static SettingsException refused(Map<String, String> more) {
    return catchThrowableOfType(SettingsException.class, () -> read(more));
  }

  private static WorkerSettings read(Map<String, String> more) {
    Map<String, Object> keys = new HashMap<>(required());
    keys.putAll(more);
    return readOnly(keys);
  }

  private static Map<String, Object> required() {
    return Map.of(
        "offshoot.ledger.url", "jdbc:postgresql://db:5432/ledger",
        "offshoot.ledger.username", "ledger_owner",
        "offshoot.ledger.password", PASSWORD,
        "offshoot.parents.shop.url", "jdbc:postgresql://db:5432/shop",
        "offshoot.parents.shop.username", "shop_owner",
        "offshoot.parents.shop.password", PASSWORD);
  }

  private static WorkerSettings readOnly(Map<String, ?> keys) {
    StandardEnvironment environment = new StandardEnvironment();
    Map<String, Object> copy = new HashMap<>(keys);
    for (String source : List.of("systemEnvironment", "systemProperties")) {
      environment.getPropertySources().remove(source);
    }
    environment.getPropertySources().addFirst(new MapPropertySource("test", copy));
    return SettingsReader.read(environment);
  }
}
