package dev.offshoot.worker.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.domain.Hazard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;

/** The configuration files that we hand out, and files that people get wrong. */
class ExampleFileTest {
  private static final Path ROOT = Path.of("..");
  private static final Map<String, Object> VARIABLES =
      Map.of(
          "LEDGER_PASSWORD",
          "l",
          "SHOP_PASSWORD",
          "s",
          "PARENT_PASSWORD",
          "p",
          "JUDGE_API_KEY",
          "j",
          "CODEC_TOKEN",
          "t",
          "COPY_PASSWORD",
          "c");

  @ParameterizedTest
  @ValueSource(strings = {"offshoot.example.yml", "docker/offshoot.yml"})
  void fileThatWeHandOut_loads(String file) {
    WorkerSettings settings = load(ROOT.resolve(file));

    assertThat(settings.parents()).containsOnlyKeys("shop");
    assertThat(settings.ledger()).isNotNull();
  }

  @Test
  void everyKey_isInTheExample(@TempDir Path folder) throws IOException {
    Path all = Files.writeString(folder.resolve("all.yml"), withCommentedKeys());

    Set<String> keys = new TreeSet<>();
    for (PropertySource<?> source : ConfigFile.load(all)) {
      for (String name : ((EnumerablePropertySource<?>) source).getPropertyNames()) {
        if (name.startsWith(WorkerSettings.PREFIX)) {
          keys.add(name.replace(".shop.", "." + KnownKeys.ANY + ".").replaceAll("\\[\\d+]$", ""));
        }
      }
    }

    Set<String> known = new TreeSet<>(KnownKeys.all());
    // "the same keys as above" stands for these
    known.removeIf(key -> key.startsWith("offshoot.stack.parents."));
    keys.remove("offshoot.stack.parents");
    // one hazard is enough to show how
    known.removeIf(key -> key.contains(".required-approvals."));
    keys.removeIf(key -> key.contains(".required-approvals."));
    assertThat(keys).isEqualTo(known);
  }

  @Test
  void defaultsShownInTheExample_areTheDefaults(@TempDir Path folder) throws IOException {
    // Files, credentials that exclude each other and examples of what has no default are left out.
    String shown =
        withCommentedKeys()
            .lines()
            .filter(
                line ->
                    !line.matches(
                        ".*(-file|api-key|profile|server-name|data-folder|pg-bin|data-directory|agent-address|max-branch-storage| name|build-id|max-branches-per-tenant|model|base-url):.*"))
            .filter(
                line ->
                    !line.matches(
                        ".*(neon|api-url|project|branch|database|role|min-compute|max-compute|suspend-after|compare-schemas|pooled-for-agents|requests-per-second):.*"))
            .filter(line -> !line.matches("\\s*(enabled: true|tls:|temporal: dev)"))
            .collect(Collectors.joining("\n"));

    WorkerSettings withShown = load(Files.writeString(folder.resolve("shown.yml"), shown));

    WorkerSettings plain = load(ROOT.resolve("offshoot.example.yml"));
    ParentSettings shop = withShown.parents().get("shop");
    assertThat(shop.config("shop").hazards().severities())
        .hasSize(Hazard.values().length)
        .allSatisfy((hazard, weight) -> assertThat(weight).isEqualTo(hazard.defaultSeverity()));
    assertThat(shop)
        .usingRecursiveComparison()
        .ignoringFields(
            "hazards",
            "sensitive",
            "masked",
            "approvers",
            "requiredApprovals",
            "username",
            "source")
        .isEqualTo(plain.parents().get("shop"));
    assertThat(withShown.judge()).isEqualTo(plain.judge());
    assertThat(withShown.worker()).isEqualTo(plain.worker());
    assertThat(withShown.encryption()).isEqualTo(plain.encryption());
    assertThat(withShown.codecEndpoint().enabled()).isFalse();
    assertThat(withShown.stack()).isEqualTo(plain.stack());
    assertThat(withShown.temporal().namespace()).isEqualTo("default");
  }

  @Test
  void misspeltGroupAtTheTop_isRefusedWithTheNearest(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("c.yml"), "offshot:\n  worker: {}\n  x: 1\n");

    assertThatThrownBy(() -> ConfigFile.load(file))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("offshot.x")
        .hasMessageContaining("Did you mean offshoot.x?");
  }

  @Test
  void invalidYaml_isRefusedWithItsPlaceButNotItsText(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("c.yml"), "offshoot:\n  a: 'hunter2\n  b: [\n");

    assertThatThrownBy(() -> ConfigFile.load(file))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("not valid YAML at line")
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void fileThatIsMissingOrEmpty_isRefused(@TempDir Path folder) throws IOException {
    Path empty = Files.writeString(folder.resolve("empty.yml"), "# nothing\n");

    assertThatThrownBy(() -> ConfigFile.load(folder.resolve("none.yml")))
        .hasMessageContaining("there is no file");
    assertThatThrownBy(() -> ConfigFile.load(folder)).hasMessageContaining("there is no file");
    assertThatThrownBy(() -> ConfigFile.load(empty)).hasMessageContaining("is empty");
  }

  /** The example with every commented-out key switched on; prose stays prose. */
  private static String withCommentedKeys() throws IOException {
    return Files.readAllLines(ROOT.resolve("offshoot.example.yml")).stream()
        .map(line -> line.replaceFirst("^(\\s*)# (\\s*[a-zA-Z_-]+:( [^ ]+)*)$", "$1$2"))
        .filter(line -> !line.startsWith("#   "))
        .collect(Collectors.joining("\n"));
  }

  private static WorkerSettings load(Path file) {
    StandardEnvironment environment = new StandardEnvironment();
    MutablePropertySources sources = environment.getPropertySources();
    List.of("systemEnvironment", "systemProperties").forEach(sources::remove);
    ConfigFile.load(file).forEach(sources::addFirst);
    sources.addFirst(new MapPropertySource("variables", VARIABLES));
    return SettingsReader.read(environment);
  }
}
